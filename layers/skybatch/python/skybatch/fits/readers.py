"""Readers of stored files, plain or gzip: they yield plain bytes, and no more than asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from isal import igzip_lib

from skybatch.errors import SourceDamaged
from skybatch.fits.blocks import BLOCK_BYTES
from skybatch.fits.limits import MAX_IMAGE_BYTES

GZIP_MAGIC = b"\x1f\x8b"
FITS_MAGIC = b"SIMPLE  ="
InflateError: type[Exception] = igzip_lib.error  # type: ignore[assignment]  # its stub names an instance
_SKIP_BYTES = 1 << 17  # inflated at a time where they are only skipped
_HEADER_AHEAD = 10 * BLOCK_BYTES  # of a header that goes on, or of an extension, are read at a time
_FEED_BYTES = 1 << 16  # given to the inflater at a time: what it leaves behind a member is copied
# Programs that compress in blocks write a member for each 64 kB, so an image of the largest size has 1,040.
MAX_MEMBERS = 10_000

ReadRange = Callable[[int, int], bytes]  # (start, length) in bytes -> that part of the stored file


class Reader(Protocol):
    """Reads the plain bytes of a stored file from front to back."""

    def read(self, length: int) -> bytes | memoryview:
        """Return the next ``length`` bytes, fewer at the end.

        Raises SourceDamaged where a compressed stream breaks off.
        """

    def skip(self, length: int) -> int:
        """Skip ``length`` bytes; return how many there were."""

    def read_to_end(self) -> None:
        """Verify what the end of a compressed stream tells of it: its length and checksum.

        Raises SourceDamaged.
        """


class PlainReader:
    """Reader of plain bytes in memory; nothing is copied."""

    def __init__(self, source: bytes) -> None:
        self._source = memoryview(source)
        self._position = 0

    def read(self, length: int) -> memoryview:
        """Return a view of the next ``length`` bytes, fewer at the end."""
        start = self._position
        return self._source[start : start + self.skip(length)]

    def skip(self, length: int) -> int:
        """Skip ``length`` bytes without reading them; return how many there were."""
        skipped = min(length, len(self._source) - self._position)
        self._position += skipped
        return skipped

    def read_to_end(self) -> None:
        """Do nothing: a plain file has no checksum of its own."""


class RangedReader:
    """Reader of a plain stored file of ``size`` bytes by ranges, of which the first has ``ahead`` bytes."""

    def __init__(self, read_range: ReadRange, size: int, ahead: int) -> None:
        self._read_range = read_range
        self._size = size
        self._kept_from, self._kept = 0, self._fetch(0, min(ahead, size))
        self._position = 0

    def read(self, length: int) -> bytes:
        """Fetch the next ``length`` bytes, fewer at the end.

        Raises SourceDamaged where the stored file turns out shorter than its ``size``.
        """
        start = self._position
        length = self.skip(length)
        offset = start - self._kept_from
        if offset >= 0 and offset + length <= len(self._kept):
            return self._kept[offset : offset + length]
        if length != BLOCK_BYTES:
            return self._fetch(start, length)
        # A header is read by blocks: those that follow come with the first that is not at hand.
        self._kept_from, self._kept = start, self._fetch(start, min(_HEADER_AHEAD, self._size - start))
        return self._kept[:length]

    def skip(self, length: int) -> int:
        """Skip ``length`` bytes without reading them; return how many there were."""
        skipped = min(length, self._size - self._position)
        self._position += skipped
        return skipped

    def seek(self, position: int) -> None:
        """Go to a byte of the file, or to its end if that comes first."""
        self._position = min(position, self._size)

    def range(self, start: int, length: int) -> bytes:
        """Return some bytes of the file, fewer at its end; the reader goes there."""
        self.seek(start)
        return self.read(length)

    def read_to_end(self) -> None:
        """Do nothing: a plain file has no checksum of its own."""

    def _fetch(self, start: int, length: int) -> bytes:
        if not length:  # stores refuse a range of no bytes
            return b""
        data = self._read_range(start, length)
        if len(data) != length:
            raise SourceDamaged(f"{len(data)} bytes came for bytes {start} to {start + length} of the file")
        return data


class GzipReader:
    """Reader of gzip members (RFC 1952) in memory; it inflates no more than each read asks for."""

    def __init__(self, source: bytes) -> None:
        self._source = memoryview(source)
        self._fed = 0  # bytes of the source that the inflater has
        self._members = 1
        self._inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)

    def read(self, length: int) -> bytes:
        """Inflate the next ``length`` bytes, fewer at the end.

        Raises SourceDamaged where the gzip data are damaged or break off.
        """
        chunk = self._inflate(length) if length else b""
        if len(chunk) == length:
            return chunk
        chunks, missing = [], length
        while chunk:
            chunks.append(chunk)
            missing -= len(chunk)
            chunk = self._inflate(missing) if missing else b""
        return b"".join(chunks)

    def skip(self, length: int) -> int:
        """Inflate and drop ``length`` bytes; return how many there were."""
        left = length
        while left and (chunk := self._inflate(min(left, _SKIP_BYTES))):
            left -= len(chunk)
        return length - left

    def read_to_end(self) -> None:
        """Inflate and drop the rest of every member, whose CRC and length are verified with it.

        Raises SourceDamaged, also where the rest is longer than any image.
        """
        for _ in range(MAX_IMAGE_BYTES // _SKIP_BYTES):
            if not self._inflate(_SKIP_BYTES):
                return
        raise SourceDamaged(f"the gzip data go on for more than {MAX_IMAGE_BYTES:,} bytes after the image")

    def _inflate(self, length: int) -> bytes:
        while not self._inflater.eof or self._next_member():
            data = self._next_input()
            try:
                chunk: bytes = self._inflater.decompress(data, length)
            except InflateError as error:
                raise SourceDamaged(f"the gzip data are damaged: {error}") from error
            if chunk:
                return chunk
            if not (data or self._inflater.eof) and self._fed == len(self._source):
                raise SourceDamaged("the gzip data break off before their end")
        return b""

    def _next_input(self) -> memoryview:
        """Take the bytes that the inflater is given next, none while it has some."""
        length = _FEED_BYTES if self._inflater.needs_input else 0
        data = self._source[self._fed : self._fed + length]
        self._fed += len(data)
        return data

    def _next_member(self) -> bool:
        start = self._fed - len(self._inflater.unused_data)
        if self._source[start : start + len(GZIP_MAGIC)] != GZIP_MAGIC:  # padding after the last member
            return False
        if self._members == MAX_MEMBERS:
            raise SourceDamaged(f"the file consists of more than {MAX_MEMBERS:,} gzip members")
        self._members += 1
        self._fed = start
        self._inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        return True


def not_fits(start: bytes, kind: str = "neither FITS nor gzip") -> SourceDamaged:
    """Return the error of a file that begins with ``start`` where FITS is wanted; an empty one says so."""
    return SourceDamaged(f"{kind}: the data begin with {start[:9]!r}" if start else "the file is empty")


def open_reader(source: bytes) -> PlainReader | GzipReader:
    """Open stored bytes by their content; file names are not trusted, some archives' are wrong.

    Raises SourceDamaged for what is neither gzip nor FITS.
    """
    if source.startswith(GZIP_MAGIC):
        return GzipReader(source)
    if source.startswith(FITS_MAGIC):
        return PlainReader(source)
    raise not_fits(source)
