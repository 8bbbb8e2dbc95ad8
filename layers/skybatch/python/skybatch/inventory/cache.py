"""Inventories kept open: one object a data set and version, for as long as the process lives."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from skybatch.inventory.inventory import Inventory
from skybatch.inventory.versions import current_version
from skybatch.storage.objects import StoreSource

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# A process meets the five data sets, and versions change rarely.
KEPT_OPEN = 8


def open_inventories(objects: ObjectStore) -> Callable[[str, str | None], Inventory]:
    """A function that opens the inventory of a data set in a bucket: a version, or the current one.

    The current version is asked anew each time, so a rebuild shows at once; a batch that names its version
    stays on it.
    """
    source = StoreSource(objects)

    @lru_cache(maxsize=KEPT_OPEN)
    def kept(dataset: str, version: str) -> Inventory:
        return Inventory.open(source, dataset, version)

    def opened(dataset: str, version: str | None = None) -> Inventory:
        return kept(dataset, version or current_version(source, dataset))

    return opened
