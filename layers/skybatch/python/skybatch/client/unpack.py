"""The archive of a batch, unpacked while it comes: each file checked before it takes its name."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from skybatch.client.transfer import PART

BLOCK = tarfile.BLOCKSIZE


@dataclass(frozen=True)
class Member:
    """A file of the archive that was written.

    ``name`` below the archive's one folder, as in ``images/…``; ``end`` the offset in the archive where the
    next member begins; ``right`` whether its MD5 is the one expected.
    """

    name: str
    end: int
    right: bool


class Chunks:
    """Chunks as a file that can only be read on, as tarfile reads one: ``read``, ``tell`` and ``seek``."""

    def __init__(self, chunks: Iterator[bytes | bytearray]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self._position = 0

    def pieces(self, size: int) -> Iterator[memoryview]:
        """The next ``size`` bytes as they lie in memory, fewer only at the end."""
        while size and (self._rest or self._more()):
            piece, self._rest = self._rest[:size], self._rest[size:]
            size -= len(piece)
            self._position += len(piece)
            yield piece

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes, fewer only at the end."""
        return b"".join(self.pieces(size))

    def tell(self) -> int:
        """How many bytes were read."""
        return self._position

    def seek(self, position: int) -> int:
        """Read on to a position. Raises tarfile.StreamError for one that was passed."""
        if position < self._position:
            raise tarfile.StreamError("an archive that comes is read once, from front to back")
        for _ in self.pieces(position - self._position):
            pass
        return self._position

    def _more(self) -> memoryview:
        self._rest = memoryview(next(self._chunks, b""))
        return self._rest


def unpack(
    chunks: Iterator[bytes | bytearray], start: int, directory: Path, expected: Mapping[str, str]
) -> Iterator[Member]:
    """Write the files that are ``expected`` (name to MD5) of a tar file that is read from ``start`` on.

    ``start`` is 0 or the ``end`` of a member. A file that is not right is not kept. Raises
    tarfile.TarError for what is no archive.
    """
    source = Chunks(chunks)
    with tarfile.open(fileobj=source, mode="r:") as tar:  # type: ignore[call-overload]
        for info in tar:
            tar.members = []  # else it keeps every header it has seen
            name = info.name.partition("/")[2]
            if name in expected and info.isfile():
                # tarfile would copy the bytes four times over; they lie where its header ended.
                right = _write(source.pieces(info.size), info.size, directory / name, expected[name])
                yield Member(name, start + info.offset_data + info.size + -info.size % BLOCK, right)


def _write(pieces: Iterator[memoryview], size: int, path: Path, md5: str) -> bool:
    digest = hashlib.md5(usedforsecurity=False)
    part = path.with_name(path.name + PART)
    with part.open("wb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
            size -= len(piece)
    if size:
        raise tarfile.ReadError("unexpected end of data")
    if digest.hexdigest() != md5:
        part.unlink()
        return False
    part.replace(path)
    return True
