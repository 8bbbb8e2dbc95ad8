"""Room on the disk that keeps fetched columns: what is removed where it is full.

A function's disk is of the size that the template says, and its process lives for hours, in which inventories
are published anew.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet

from skybatch.errors import InventoryError

T = TypeVar("T")

FULL = (errno.ENOSPC, errno.EDQUOT)
SUFFIXES = (".npy", ".have")
# Below the root of the cache: a hash of 16 digits for the source, the data set, the version.
VERSIONS = "/".join(("[0-9a-f]" * 16, "*", "*"))

# Caches (of `functools.lru_cache`) of open inventories, whose mapped files take room even when removed.
_open_caches: WeakSet[Any] = WeakSet()


def release_where_full(cache: Any) -> None:
    """Clear a cache of open inventories where the disk is full, so that what is removed also leaves it."""
    _open_caches.add(cache)


def with_room(write: Callable[[], T], kept: Path) -> T:
    """Call ``write``; where the disk is full, remove what was opened longest ago, and call it again.

    Parameters
    ----------
    write
        Writes into the cache, and leaves nothing behind that a second call minds.
    kept
        The folder of the version that is written to, below its root as ``SOURCE/DATASET/VERSION``.

    Raises
    ------
    InventoryError
        Where nothing is left to remove.
    """
    removals = _removals(kept)
    while True:
        try:
            return write()
        except OSError as error:
            if error.errno not in FULL:
                raise
            if not next(removals, False):
                raise InventoryError(
                    f"the disk of {kept.parents[2]} is full, and holds no other version that could be removed"
                ) from error


def _removals(kept: Path) -> Iterator[bool]:
    """Close inventories, then remove one other version at a time, the least used first."""
    root = kept.parents[2]
    for cache in list(_open_caches):
        cache.cache_clear()
    others = [folder for folder in root.glob(VERSIONS) if folder != kept and _is_version(folder)]
    for folder in sorted(others, key=_modified):
        shutil.rmtree(folder, ignore_errors=True)
        yield True


def _is_version(folder: Path) -> bool:
    """Tell whether a folder holds what we fetched, and nothing else, wherever the cache was put."""
    return folder.is_dir() and all(file.suffix in SUFFIXES for file in folder.iterdir())


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process removed it
        return 0.0
