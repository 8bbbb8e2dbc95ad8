"""Inventories that tests of the VO services share."""

from __future__ import annotations

import pytest

from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.survey.sample_archive import MadeArchive
from tests.support.survey.synthetic_survey import synthetic


@pytest.fixture(scope="session")
def small_inventories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Inventory]:
    """Two data sets of 200 scans each, without pixels."""
    tree = DirectoryTree(tmp_path_factory.mktemp("small_survey"))
    for seed, dataset in enumerate(("asky", "sx")):
        publish(tree, synthetic(200, dataset, seed), numbered=False, origin="synthetic")
    return {dataset: Inventory.open(tree, dataset) for dataset in ("asky", "sx")}


@pytest.fixture(scope="session")
def small_inventory(small_inventories: dict[str, Inventory]) -> Inventory:
    """One data set of 200 scans, without pixels."""
    return small_inventories["asky"]


@pytest.fixture(scope="session")
def sample_archive() -> MadeArchive:
    """Four image sets with pixels; tests leave them as they are."""
    return MadeArchive()
