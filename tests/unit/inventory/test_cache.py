"""Inventories stay open for the life of the process, and a rebuild shows at once."""

from __future__ import annotations

import pytest
from obstore.store import MemoryStore

from skybatch.errors import DatasetAbsent
from skybatch.inventory.cache import open_inventories
from skybatch.inventory.publish import publish
from skybatch.storage.bucket_tree import BucketTree
from tests.support.survey.synthetic_survey import synthetic


def test_a_version_is_opened_once_and_a_rebuild_shows_at_once() -> None:
    store = MemoryStore()
    first = publish(BucketTree(store), synthetic(1), numbered=False, origin="test")
    open_inventory = open_inventories(store)
    before = open_inventory("asky", None)
    assert open_inventory("asky", None) is before
    assert open_inventory("asky", first) is before
    second = publish(BucketTree(store), synthetic(2), numbered=False, origin="test")
    assert open_inventory("asky", None).version == second
    assert open_inventory("asky", first) is before


def test_a_data_set_that_is_absent_is_named() -> None:
    with pytest.raises(DatasetAbsent, match="sx"):
        open_inventories(MemoryStore())("sx", None)
