"""A file among the results, made once and read several times: in memory, or on the disk where it is long."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain

MEMORY_BYTES = 4 * 1024 * 1024
"""Longer files are kept on the disk: the tables of 100,000 images have 365 MB."""
PIECE_BYTES = 1024 * 1024


class GeneratedFile:
    """A whole file, whose bytes are taken as they come.

    Attributes
    ----------
    name, media_type
        As it is delivered.
    size
        Its bytes.
    md5
        Their MD5 in hexadecimal digits.
    """

    def __init__(self, name: str, body: bytes | Iterable[bytes], media_type: str) -> None:
        self.name = name
        self.media_type = media_type
        self.size = 0
        self._memory: bytes | None = None
        self._digest = hashlib.md5(usedforsecurity=False)
        self._take(iter((body,) if isinstance(body, bytes) else body))
        self.md5 = self._digest.hexdigest()

    @property
    def is_long(self) -> bool:
        """Whether it is on the disk."""
        return self._memory is None

    @property
    def body(self) -> bytes:
        """All its bytes."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """Give its bytes piece by piece; several readers do not disturb each other."""
        if self._memory is not None:
            yield self._memory
            return
        for start in range(0, self.size, PIECE_BYTES):
            yield os.pread(self._file.fileno(), PIECE_BYTES, start)

    def _take(self, chunks: Iterator[bytes]) -> None:
        held: list[bytes] = []
        for chunk in chunks:
            held.append(self._counted(chunk))
            if self.size > MEMORY_BYTES:
                self._spool(chain(held, map(self._counted, chunks)))
                return
        self._memory = b"".join(held)

    def _counted(self, chunk: bytes) -> bytes:
        self.size += len(chunk)
        self._digest.update(chunk)
        return chunk

    def _spool(self, chunks: Iterable[bytes]) -> None:
        # Unnamed, so that it goes with the process, however that ends.
        self._file = tempfile.TemporaryFile(prefix="skybatch-")  # noqa: SIM115 - as long as this object
        self._file.writelines(chunks)
        self._file.flush()
