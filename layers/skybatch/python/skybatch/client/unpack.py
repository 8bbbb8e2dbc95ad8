"""Unpacking of a batch's archive while it arrives; each file is verified before it gets its name."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from skybatch.client.transfer import PARTIAL_SUFFIX

BLOCK = tarfile.BLOCKSIZE


@dataclass(frozen=True)
class Member:
    """A file of the archive.

    Attributes
    ----------
    name
        Its path below the archive's one folder, such as ``images/…``.
    end_offset
        The offset in the archive where the next member begins.
    verified
        Whether its MD5 is the expected one; if not, the file was not kept.
    """

    name: str
    end_offset: int
    verified: bool


class ChunkReader:
    """An iterator of chunks as a forward-only file with what tarfile uses: ``read``, ``tell``, ``seek``."""

    def __init__(self, chunks: Iterator[bytes | bytearray]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self._position = 0

    def iter_bytes(self, size: int) -> Iterator[memoryview]:
        """Yield the next ``size`` bytes without copying them, fewer only at the end."""
        while size and (self._rest or self._next_chunk()):
            piece, self._rest = self._rest[:size], self._rest[size:]
            size -= len(piece)
            self._position += len(piece)
            yield piece

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer only at the end."""
        return b"".join(self.iter_bytes(size))

    def tell(self) -> int:
        """Return the number of bytes read."""
        return self._position

    def seek(self, position: int) -> int:
        """Read forward to a position. Raises tarfile.StreamError for an earlier one."""
        if position < self._position:
            raise tarfile.StreamError("a streamed archive can only be read forward")
        for _ in self.iter_bytes(position - self._position):
            pass
        return self._position

    def _next_chunk(self) -> memoryview:
        self._rest = memoryview(next(self._chunks, b""))
        return self._rest


def unpack(
    chunks: Iterator[bytes | bytearray], start: int, directory: Path, expected: Mapping[str, str]
) -> Iterator[Member]:
    """Write the expected files of a tar stream, yielding each.

    Parameters
    ----------
    chunks
        The bytes of the archive from ``start`` on.
    start
        0 or the ``end_offset`` of a member.
    directory
        Where the files are written.
    expected
        Name to MD5 of the files to write; all others are passed over.

    Raises
    ------
    tarfile.TarError
        The stream is no archive, or ends within a member.
    """
    source = ChunkReader(chunks)
    with tarfile.open(fileobj=source, mode="r:") as tar:  # type: ignore[call-overload]
        for info in tar:
            tar.members = []  # else tarfile keeps every header
            name = info.name.partition("/")[2]
            if name in expected and info.isfile():
                # The bytes follow the header; reading them through tarfile copies them four times.
                pieces = source.iter_bytes(info.size)
                verified = _write(pieces, info.size, directory / name, expected[name])
                end_offset = start + info.offset_data + info.size + -info.size % BLOCK
                yield Member(name, end_offset, verified)


def _write(pieces: Iterator[memoryview], size: int, path: Path, md5: str) -> bool:
    """Write one file; whether it has the expected MD5 and was kept."""
    digest = hashlib.md5(usedforsecurity=False)
    partial = path.with_name(path.name + PARTIAL_SUFFIX)
    with partial.open("wb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
            size -= len(piece)
    if size:
        raise tarfile.ReadError("unexpected end of data")
    if digest.hexdigest() != md5:
        partial.unlink()
        return False
    partial.replace(path)
    return True
