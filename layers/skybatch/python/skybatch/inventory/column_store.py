"""The files of one inventory version, mapped into memory: in place from a directory, else from a cache.

From an object store, small columns (geometry, keys) are fetched whole when first used, records only in the
blocks that hold the requested rows. What was fetched stays in the cache directory; versions are immutable,
so it never needs to be checked again.
"""

from __future__ import annotations

import math
import mmap
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import InventoryError
from skybatch.inventory.cache_room import PART_SUFFIX, with_room
from skybatch.inventory.column_types import COLUMN_TYPES
from skybatch.storage.trees import ReadableTree
from skybatch.surveys.twomass.datasets import inventory_folder

# Of one range request for a whole column; several are in flight, as one stream does not fill a Lambda's
# bandwidth.
RANGE_BYTES = 8 << 20
# A block holds 528 records; a region's rows lie in a few, and 2500 scattered rows do not read a file twice.
BLOCK_BYTES = 1 << 16
# Bounds memory (16 MB) where thousands of scattered rows need most of the file.
BLOCKS_AT_ONCE = 256
# So many rows are a chunk of a search of the whole survey, whose 220 MB of records nobody needs again soon.
ROWS_LET_GO = 50_000
# Other versions in the cache that were not opened for so long are removed.
STALE_SECONDS = 3600.0


@dataclass(frozen=True)
class Column:
    """A file of a version as its manifest describes it: ``.npy`` with ``offset`` bytes of header."""

    name: str
    dtype: Any
    shape: tuple[int, ...]
    offset: int
    size: int

    @classmethod
    def from_manifest(cls, name: str, entry: object, size: int) -> Column:
        """Read an entry of the manifest of an inventory of ``size`` image sets.

        Raises InventoryError for a type or shape that the column cannot have, or that is not of its length.
        """
        if not isinstance(entry, Mapping):
            raise InventoryError(f"the manifest describes no column {name}")
        dtype = COLUMN_TYPES[name].dtype(entry.get("dtype"))
        shape: Any = entry.get("shape")
        offset, length = entry.get("offset"), entry.get("bytes")
        if dtype is None or not COLUMN_TYPES[name].allows(shape, size):
            raise InventoryError(f"the manifest gives the column {name} a type or shape that it cannot have")
        if type(offset) is not int or type(length) is not int or offset < 0:
            raise InventoryError(f"the manifest gives the column {name} no length")
        if offset + math.prod(shape) * dtype.itemsize != length:
            raise InventoryError(f"the manifest gives the column {name} a length that is not of its shape")
        return cls(name, dtype, tuple(shape), offset, length)

    def map(self, path: Path) -> NDArray[Any]:
        """Map the column in a complete file, read only. Raises InventoryError where the size is wrong."""
        if not path.exists() or path.stat().st_size != self.size:
            raise InventoryError(f"{path} is not the file of {self.size} bytes that its manifest describes")
        if 0 in self.shape:
            return np.zeros(self.shape, self.dtype)
        # A plain view: numpy's memmap class costs a microsecond and more on every use.
        return np.asarray(np.memmap(path, self.dtype, "r", self.offset, self.shape))


class ColumnStore:
    """The columns of one version folder of a source."""

    def __init__(
        self, source: ReadableTree, dataset: str, version: str, columns: Mapping[str, Column]
    ) -> None:
        self._source, self._columns = source, columns
        self._dataset, self._version = dataset, version
        self._folder = f"{inventory_folder(dataset)}/{version}"
        self._lock = threading.Lock()
        self._fetching: dict[str, threading.Lock] = {name: threading.Lock() for name in columns}

    @cached_property
    def _cache(self) -> Path:
        folder = cache_folder(self._source, self._dataset, self._version)
        remove_stale_versions(folder)
        return folder

    def column(self, name: str) -> NDArray[Any]:
        """Return one column, all of it."""
        column = self._columns[name]
        path = f"{self._folder}/{name}.npy"
        local = self._source.local(path)
        if local is None:
            local = self._cache / f"{name}.npy"
            with self._fetching[name]:
                if not local.exists():
                    self._fetch(path, column.size, local)
                return column.map(local)
        return column.map(local)

    def columns(self, *names: str) -> list[NDArray[Any]]:
        """Return several columns; those that must be fetched are fetched side by side."""
        is_local = self._source.local(f"{self._folder}/{names[0]}.npy") is not None
        if is_local or all((self._cache / f"{name}.npy").exists() for name in names):
            return [self.column(name) for name in names]
        from skybatch.concurrency import parallel_map

        return list(parallel_map(self.column, names, len(names)))

    def records(self, wanted: NDArray[np.integer]) -> NDArray[Any]:
        """Return these rows of the column of records, in this order."""
        local = self._source.local(f"{self._folder}/records.npy")
        mapped = self._mapped_records if local is not None else self._fetched_records(wanted)
        found = np.asarray(mapped[wanted])
        if len(wanted) >= ROWS_LET_GO:
            _let_go(mapped)
        return found

    @cached_property
    def _mapped_records(self) -> NDArray[Any]:
        column = self._columns["records"]
        local = self._source.local(f"{self._folder}/records.npy")
        return column.map(local if local is not None else self._partial[0])

    @cached_property
    def _partial(self) -> tuple[Path, NDArray[np.uint8]]:
        """The cached, sparse file of records, and a flag for each block that was fetched."""
        size = self._columns["records"].size
        path, have = self._cache / "records.npy", self._cache / "records.have"
        self._cache.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as opened:
            opened.truncate(size)
        if not have.exists():
            # Written, not truncated to its length: on a full disk a write to a mapped hole ends the process.
            have.write_bytes(bytes(-(-size // BLOCK_BYTES)))
        return path, np.memmap(have, np.uint8, "r+")

    def _fetched_records(self, wanted: NDArray[np.integer]) -> NDArray[Any]:
        """Fetch the blocks that hold these rows and are not in the cache; return the column, mapped."""
        column = self._columns["records"]
        if len(wanted) == 0:
            return np.zeros(0, column.dtype)
        first = column.offset + np.asarray(wanted, dtype=np.int64) * column.dtype.itemsize
        blocks = np.unique(
            np.concatenate([first // BLOCK_BYTES, (first + column.dtype.itemsize - 1) // BLOCK_BYTES])
        )
        with self._lock:
            path, have = with_room(self._present_partial, self._cache)
            missing = blocks[have[blocks] == 0]
            for start in range(0, len(missing), BLOCKS_AT_ONCE):
                some = missing[start : start + BLOCKS_AT_ONCE]
                self._fetch_blocks(f"{self._folder}/records.npy", some, path, column.size)
                have[some] = 1
            return self._mapped_records

    def _present_partial(self) -> tuple[Path, NDArray[np.uint8]]:
        """Return `_partial`, made anew where another inventory needed its room."""
        if "_partial" in self.__dict__ and not self._partial[0].exists():
            self.__dict__.pop("_mapped_records", None)
            del self.__dict__["_partial"]
        return self._partial

    def _fetch_blocks(self, path: str, blocks: NDArray[np.int64], into: Path, size: int) -> None:
        starts = blocks * BLOCK_BYTES
        lengths = np.minimum(starts + BLOCK_BYTES, size) - starts
        parts = self._read(path, starts.tolist(), lengths.tolist())

        def write() -> None:
            with into.open("r+b") as file:
                for start, part in zip(starts.tolist(), parts, strict=True):
                    os.pwrite(file.fileno(), part, start)

        with_room(write, self._cache)

    def _fetch(self, path: str, size: int, into: Path) -> None:
        """Fetch a whole file into the cache, under its name only when complete."""
        starts = list(range(0, size, RANGE_BYTES))
        lengths = [min(RANGE_BYTES, size - start) for start in starts]
        parts = self._read(path, starts, lengths)
        with_room(lambda: _write_whole(into, parts), self._cache)

    def _read(self, path: str, starts: list[int], lengths: list[int]) -> list[bytes]:
        try:
            parts = self._source.read_ranges(path, starts, lengths)
        except FileNotFoundError as error:
            raise InventoryError(f"{path} is gone; was its version removed?") from error
        if [len(part) for part in parts] != lengths:
            raise InventoryError(f"{path} is shorter than its manifest says")
        return parts


def _let_go(mapped: NDArray[Any]) -> None:
    """Take the pages of a mapped file out of this process's memory; the system may keep them."""
    if isinstance(mapped.base, np.memmap) and hasattr(mmap, "MADV_DONTNEED"):  # Linux
        mapped.base._mmap.madvise(mmap.MADV_DONTNEED)  # type: ignore[attr-defined]


def _write_whole(into: Path, parts: Sequence[bytes]) -> None:
    """Write a file under its name only when complete; what a failure leaves of it is removed."""
    import tempfile

    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=into.parent, suffix=PART_SUFFIX, delete=False) as file:
        try:
            for part in parts:
                file.write(part)
            file.flush()
            Path(file.name).replace(into)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise


def cache_folder(source: ReadableTree, dataset: str, version: str) -> Path:
    """Return the cache directory of a version: below ``SKYBATCH_CACHE``, else ``/tmp``."""
    # Imported here and below because a cold start that maps a directory needs none of them (5 ms).
    import hashlib
    import tempfile

    root = Path(os.environ.get("SKYBATCH_CACHE") or Path(tempfile.gettempdir(), "skybatch-inventory"))
    source_hash = hashlib.sha256(repr(source).encode()).hexdigest()[:16]
    return root / source_hash / dataset / version


def remove_stale_versions(current: Path) -> None:
    """Remove cached versions beside ``current`` that were not opened lately; disk on Lambda is scarce.

    Files already mapped stay readable for processes that have them open.
    """
    import shutil

    if not current.parent.is_dir():
        return
    if current.exists():
        os.utime(current)
    for folder in current.parent.iterdir():
        if folder != current and folder.stat().st_mtime < time.time() - STALE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
