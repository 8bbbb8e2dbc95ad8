"""An object of a store, kept block by block in a sparse local file as its bytes are needed.

Objects are immutable, so what was fetched never needs to be checked again; a second file has a flag for each
block. Several ranges are in flight, as one stream does not fill a Lambda's bandwidth.
"""

from __future__ import annotations

import os
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import InventoryError
from skybatch.inventory.columns.cache_room import with_room
from skybatch.storage.trees import ReadableTree

# Neighbours in a column lie in a few, and 2500 scattered rows do not read a file twice.
BLOCK_BYTES = 1 << 16
# Of one range request; a longer run of blocks is several.
RANGE_BYTES = 8 << 20
# Bounds memory where all of a large file is needed.
BYTES_AT_ONCE = 64 << 20

Blocks = NDArray[np.int64]
ByteRanges = list[tuple[int, int]]


class CachedFile:
    """The file at ``path`` of a source, ``size`` bytes long, cached at ``local`` in a version's folder."""

    def __init__(self, source: ReadableTree, path: str, size: int, local: Path) -> None:
        self._source, self._path, self._size = source, path, size
        self.local = local
        self._flags: NDArray[np.uint8] | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all of it is at hand."""
        return bool(self._have().all())

    def fetch(self, blocks: Blocks | None = None) -> ByteRanges:
        """Fetch what is not at hand of some ascending blocks, or of all; return the ranges fetched."""
        have = self._have()
        wanted = np.arange(len(have)) if blocks is None else blocks
        missing = wanted[have[wanted] == 0]
        ranges = _ranges(missing, self._size)
        for some in _batches(ranges):
            parts = self._read(some)
            with_room(partial(self._write, some, parts), self.local.parent)
        have[missing] = 1
        return ranges

    def _have(self) -> NDArray[np.uint8]:
        """Return the flags of blocks at hand; anew where another inventory needed the room of the file."""
        if self._flags is None or not self.local.exists():
            self._flags = with_room(self._made, self.local.parent)
        return self._flags

    def _made(self) -> NDArray[np.uint8]:
        flags = self.local.with_suffix(".have")
        self.local.parent.mkdir(parents=True, exist_ok=True)
        if not self.local.exists():
            flags.unlink(missing_ok=True)
        with self.local.open("ab") as opened:
            opened.truncate(self._size)
        count = -(-self._size // BLOCK_BYTES)
        if not flags.exists() or flags.stat().st_size != count:
            # Written, not truncated to its length: on a full disk a write to a mapped hole ends the process.
            flags.write_bytes(bytes(count))
        return np.asarray(np.memmap(flags, np.uint8, "r+", shape=(count,)))

    def _read(self, ranges: ByteRanges) -> list[bytes]:
        lengths = [stop - start for start, stop in ranges]
        try:
            parts = self._source.read_ranges(self._path, [start for start, _ in ranges], lengths)
        except FileNotFoundError as error:
            raise InventoryError(f"{self._path} is gone; was its version removed?") from error
        if [len(part) for part in parts] != lengths:
            raise InventoryError(f"{self._path} is shorter than its manifest says")
        return parts

    def _write(self, ranges: ByteRanges, parts: list[bytes]) -> None:
        with self.local.open("r+b") as file:
            for (start, _), part in zip(ranges, parts, strict=True):
                os.pwrite(file.fileno(), part, start)


def blocks_of(first: NDArray[np.int64], length: int) -> Blocks:
    """Return the blocks, ascending, that hold ``length`` bytes from each of some places."""
    if not len(first):
        return np.zeros(0, np.int64)
    wanted = np.concatenate([first // BLOCK_BYTES, (first + length - 1) // BLOCK_BYTES])
    # Flags, because sorting takes most of the time of a search of the whole survey.
    flags = np.zeros(int(wanted.max()) + 1, np.bool_)
    flags[wanted] = True
    return np.flatnonzero(flags).astype(np.int64)


def _ranges(blocks: Blocks, size: int) -> ByteRanges:
    """Return the byte ranges of runs of blocks, none longer than `RANGE_BYTES`."""
    ranges = []
    edges = [0, *(np.flatnonzero(np.diff(blocks) != 1) + 1).tolist(), len(blocks)]
    for first, last in pairwise(edges):
        if first < last:
            start, stop = int(blocks[first]) * BLOCK_BYTES, (int(blocks[last - 1]) + 1) * BLOCK_BYTES
            places = range(start, min(stop, size), RANGE_BYTES)
            ranges += [(at, min(at + RANGE_BYTES, stop, size)) for at in places]
    return ranges


def _batches(ranges: ByteRanges) -> list[ByteRanges]:
    """Split ranges into batches of about `BYTES_AT_ONCE`."""
    batches: list[ByteRanges] = []
    total = BYTES_AT_ONCE
    for start, stop in ranges:
        if total + stop - start > BYTES_AT_ONCE:
            batches.append([])
            total = 0
        batches[-1].append((start, stop))
        total += stop - start
    return batches
