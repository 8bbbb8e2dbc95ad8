"""The archive of a batch, unpacked while it comes: each file checked before it takes its name."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from skybatch.client.transfer import PART

BUFFER_BYTES = 64 * 1024
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
    """Chunks as a file that can only be read on."""

    def __init__(self, chunks: Iterator[bytes | bytearray]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes, fewer only at the end."""
        pieces, left = [], size
        while left:
            if not self._rest:
                self._rest = memoryview(next(self._chunks, b""))
                if not self._rest:
                    break
            pieces.append(self._rest[:left])
            self._rest = self._rest[left:]
            left -= len(pieces[-1])
        return b"".join(pieces)


def unpack(
    chunks: Iterator[bytes | bytearray], start: int, directory: Path, expected: Mapping[str, str]
) -> Iterator[Member]:
    """Write the files that are ``expected`` (name to MD5) of a tar file that is read from ``start`` on.

    ``start`` is 0 or the ``end`` of a member. A file that is not right is not kept. Raises
    tarfile.TarError for what is no archive.
    """
    with tarfile.open(fileobj=Chunks(chunks), mode="r|", bufsize=BUFFER_BYTES) as tar:  # type: ignore[call-overload]
        for info in tar:
            tar.members = []  # else it keeps every header it has seen
            name = info.name.partition("/")[2]
            content = tar.extractfile(info) if name in expected and info.isfile() else None
            right = content is not None and _write(content, directory / name, expected[name])
            if content is not None:
                yield Member(name, start + info.offset_data + info.size + -info.size % BLOCK, right)


def _write(content: IO[bytes], path: Path, md5: str) -> bool:
    digest = hashlib.md5(usedforsecurity=False)
    part = path.with_name(path.name + PART)
    with part.open("wb") as file:
        while chunk := content.read(1024 * 1024):
            digest.update(chunk)
            file.write(chunk)
    if digest.hexdigest() != md5:
        part.unlink()
        return False
    part.replace(path)
    return True
