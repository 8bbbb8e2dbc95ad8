"""The files of one inventory version, mapped into memory: in place from a directory, else from a cache.

From an object store a column is fetched as it is needed: the blocks that hold the rows asked for, or all of
it where that is more than a third. What was fetched stays in the cache directory; versions are immutable, so
it never needs to be checked again.
"""

from __future__ import annotations

import mmap
import os
import threading
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.inventory.columns.cached_file import CachedFile, blocks_of
from skybatch.inventory.columns.column import Column
from skybatch.inventory.columns.sorted_column import WHOLE_FRACTION
from skybatch.storage.trees import ReadableTree
from skybatch.surveys.image_id import inventory_folder

# So many rows are a chunk of a search of the whole survey, whose columns nobody needs again soon.
ROWS_LET_GO = 50_000
# Columns that are fetched side by side.
AT_ONCE = 16
# Other versions in the cache that were not opened for so long are removed.
STALE_SECONDS = 3600.0

Rows = slice | NDArray[np.integer]
# Column and some of its values; raises InventoryError for what they cannot be.
Check = Callable[[str, NDArray[Any]], None]
ALL = slice(None)


class ColumnStore:
    """The columns of one version folder of a source.

    ``constants`` have one value for all ``size`` image sets, and no file. ``check`` is called once with all
    values that come from a file.
    """

    def __init__(
        self,
        source: ReadableTree,
        dataset: str,
        version: str,
        columns: Mapping[str, Column],
        constants: Mapping[str, Any] | None = None,
        size: int = 0,
        check: Check = lambda name, values: None,
    ) -> None:
        self._source, self._columns, self._check = source, columns, check
        self._dataset, self._version = dataset, version
        self._folder = f"{inventory_folder(dataset)}/{version}"
        self._at_hand = {name: np.broadcast_to(value, (size,)) for name, value in (constants or {}).items()}
        self._files: dict[str, CachedFile] = {}
        # A look-up fetches several columns side by side.
        self._locks = {name: threading.RLock() for name in columns}

    def __contains__(self, name: str) -> bool:
        return name in self._columns or name in self._at_hand

    def at_hand(self, name: str) -> NDArray[Any] | None:
        """Return a column of which all is at hand, else None."""
        found = self._at_hand.get(name)
        if found is not None:
            return found
        local = self._source.local(f"{self._folder}/{name}.npy")
        with self._locks[name]:
            if local is not None:
                return self._opened(name, local)
            file = self._file(name)
            return self._opened(name, file.local) if file.is_complete else None

    def whole(self, name: str) -> NDArray[Any]:
        """Return a column, all of it, fetching what is not at hand."""
        found = self.at_hand(name)
        if found is not None:
            return found
        with self._locks[name]:
            file = self._file(name)
            file.fetch()
            return self._opened(name, file.local)

    def rows(self, name: str, rows: Rows) -> NDArray[Any]:
        """Return these rows of a column, in this order, fetching what is not at hand."""
        found = self.at_hand(name)
        if found is None:
            found = self._partial(name, rows)
        # Of a column of pairs `take` is ten times as fast as an index.
        part = found[rows] if isinstance(rows, slice) else found.take(rows, axis=0)
        if len(part) >= ROWS_LET_GO:
            part = part.copy() if isinstance(rows, slice) else part
            _let_go(found)
        return part

    def fetch(self, names: tuple[str, ...], rows: Rows) -> None:
        """Fetch these rows of several columns, side by side, as far as they are not at hand."""
        missing = [name for name in names if self.at_hand(name) is None]
        if len(missing) > 1:
            from skybatch.concurrency import parallel_map

            list(parallel_map(lambda name: self._partial(name, rows), missing, min(len(missing), AT_ONCE)))
        elif missing:
            self._partial(missing[0], rows)

    def _opened(self, name: str, local: Path) -> NDArray[Any]:
        """Map a complete file, once."""
        if name not in self._at_hand:
            values = self._columns[name].map(local)
            self._check(name, values)
            self._at_hand[name] = values
        return self._at_hand[name]

    def _partial(self, name: str, rows: Rows) -> NDArray[Any]:
        """Return a column that is valid in some rows, at least in those asked for."""
        column = self._columns[name]
        first = column.offset + _numbers(rows, column.shape[0]) * column.row_bytes
        if len(first) == 0:
            return np.zeros(column.shape, column.dtype)
        if len(first) * column.row_bytes > WHOLE_FRACTION * column.size:
            return self.whole(name)
        with self._locks[name]:
            file = self._file(name)
            new = file.fetch(blocks_of(first, column.row_bytes))
            values = column.map(file.local)
            for start, stop in new:
                self._check(name, values[_rows_within(column, start, stop)])
            return values

    def _file(self, name: str) -> CachedFile:
        if name not in self._files:
            path = f"{self._folder}/{name}.npy"
            local = self._cache / f"{name}.npy"
            self._files[name] = CachedFile(self._source, path, self._columns[name].size, local)
        return self._files[name]

    @cached_property
    def _cache(self) -> Path:
        folder = cache_folder(self._source, self._dataset, self._version)
        remove_stale_versions(folder)
        return folder


def _numbers(rows: Rows, size: int) -> NDArray[np.int64]:
    """Return the numbers of rows."""
    if isinstance(rows, slice):
        return np.arange(*rows.indices(size), dtype=np.int64)
    return np.asarray(rows, dtype=np.int64)


def _rows_within(column: Column, start: int, stop: int) -> slice:
    """Return the rows that lie wholly within a range of bytes of the file."""
    first = max(-(-(start - column.offset) // column.row_bytes), 0)
    return slice(first, max((stop - column.offset) // column.row_bytes, first))


def _let_go(mapped: NDArray[Any]) -> None:
    """Take the pages of a mapped file out of this process's memory; the system may keep them."""
    if isinstance(mapped.base, np.memmap) and hasattr(mmap, "MADV_DONTNEED"):  # Linux
        mapped.base._mmap.madvise(mmap.MADV_DONTNEED)  # type: ignore[attr-defined]


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
