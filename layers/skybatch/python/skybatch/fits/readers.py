"""Stored bytes to plain bytes: gzip or not, told by content, and never more than asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from isal import igzip_lib

from skybatch.errors import SourceDamaged

GZIP_MAGIC = b"\x1f\x8b"
FITS_MAGIC = b"SIMPLE  ="
InflateError: type[Exception] = igzip_lib.error  # type: ignore[assignment]  # its stub names an instance
_PIECE = 1 << 20  # bytes inflated at a time where they are only passed over

ReadRange = Callable[[int, int], bytes]  # start and length in bytes -> that part of the stored file


class Reader(Protocol):
    """Reads the plain bytes of a stored file from front to back."""

    def read(self, length: int) -> bytes | memoryview:
        """The next ``length`` bytes, fewer at the end; SourceDamaged where the stream breaks off."""

    def skip(self, length: int) -> int:
        """Pass over ``length`` bytes; how many there were."""

    def claimed_length(self) -> int:
        """Length of the plain file modulo 2**32, as the stored bytes state it."""


class PlainReader:
    """Views of bytes that are plain already; nothing is copied."""

    def __init__(self, source: bytes) -> None:
        self._source = memoryview(source)
        self._position = 0

    def read(self, length: int) -> memoryview:
        start = self._position
        return self._source[start : start + self.skip(length)]

    def skip(self, length: int) -> int:
        skipped = min(length, len(self._source) - self._position)
        self._position += skipped
        return skipped

    def claimed_length(self) -> int:
        return len(self._source) & 0xFFFFFFFF


class RangedReader:
    """Fetches only what is read of a plain stored file of ``size`` bytes, ``ahead`` bytes at first."""

    def __init__(self, read_range: ReadRange, size: int, ahead: int) -> None:
        self._read_range = read_range
        self._size = size
        self._ahead = self._fetched(0, min(ahead, size))
        self._position = 0

    def read(self, length: int) -> bytes:
        start = self._position
        length = self.skip(length)
        if start + length <= len(self._ahead):
            return self._ahead[start : start + length]
        return self._fetched(start, length) if length else b""

    def skip(self, length: int) -> int:
        skipped = min(length, self._size - self._position)
        self._position += skipped
        return skipped

    def seek(self, position: int) -> None:
        """Go to a byte of the file, or to its end."""
        self._position = min(position, self._size)

    def range(self, start: int, length: int) -> bytes:
        """Some bytes of the file, fewer at its end; the reader goes there."""
        self.seek(start)
        return self.read(length)

    def claimed_length(self) -> int:
        return self._size & 0xFFFFFFFF

    def _fetched(self, start: int, length: int) -> bytes:
        data = self._read_range(start, length)
        if len(data) != length:
            raise SourceDamaged(f"{len(data)} bytes came for bytes {start} to {start + length} of the file")
        return data


class GzipReader:
    """Inflates gzip members (RFC 1952), holding no more than each read asks for."""

    def __init__(self, source: bytes) -> None:
        self._source = self._input = source
        self._inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)

    def read(self, length: int) -> bytes:
        chunk = self._some(length) if length else b""
        if len(chunk) == length:
            return chunk
        chunks, missing = [], length
        while chunk:
            chunks.append(chunk)
            missing -= len(chunk)
            chunk = self._some(missing) if missing else b""
        return b"".join(chunks)

    def skip(self, length: int) -> int:
        left = length
        while left and (chunk := self._some(min(left, _PIECE))):
            left -= len(chunk)
        return length - left

    def claimed_length(self) -> int:
        return int.from_bytes(self._source[-4:], "little")  # ISIZE of the last member

    def _some(self, length: int) -> bytes:
        while not self._inflater.eof or self._next_member():
            data, self._input = self._input, b""
            try:
                chunk: bytes = self._inflater.decompress(data, length)
            except InflateError as error:
                raise SourceDamaged(f"the gzip data are damaged: {error}") from error
            if chunk:
                return chunk
            if not self._inflater.eof:
                raise SourceDamaged("the gzip data break off before their end")
        return b""

    def _next_member(self) -> bool:
        rest = self._inflater.unused_data
        if not rest.startswith(GZIP_MAGIC):  # what pads a file after its last member is none of ours
            return False
        self._inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        self._input = rest
        return True


def reader(source: bytes) -> PlainReader | GzipReader:
    """A reader for stored bytes; file names are not believed, some archives' are wrong.

    Raises SourceDamaged for what is neither gzip nor FITS.
    """
    if source.startswith(GZIP_MAGIC):
        return GzipReader(source)
    if source.startswith(FITS_MAGIC):
        return PlainReader(source)
    raise SourceDamaged(f"neither FITS nor gzip: the data begin with {source[:9]!r}")
