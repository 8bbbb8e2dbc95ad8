"""Inventories kept open for the life of the process, one for each data set and version."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from skybatch.inventory.columns.cache_room import release_where_full
from skybatch.inventory.held_surveys import loader
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.versions import current_version
from skybatch.storage.bucket_tree import BucketTree
from skybatch.surveys.known import learn_from

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# There are five data sets, and versions change rarely.
MAX_OPEN = 8


def open_inventories(objects: ObjectStore) -> Callable[[str, str | None], Inventory]:
    """Return a function that opens the inventory of a data set in a bucket: a version, or the current one.

    Which version is current is read each time, so a rebuild shows at once; a batch that names its version
    stays on it.
    """
    source = BucketTree(objects)
    learn_from(loader(source))

    @lru_cache(maxsize=MAX_OPEN)
    def open_version(dataset: str, version: str) -> Inventory:
        return Inventory.open(source, dataset, version)

    release_where_full(open_version)

    def open_inventory(dataset: str, version: str | None = None) -> Inventory:
        return open_version(dataset, version or current_version(source, dataset))

    return open_inventory
