"""A survey in which some values are unknown, and the columns that conditions see of it."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.vo.where.columns import ImageColumns
from tests.support.survey.synthetic_survey import synthetic

SCANS = 60


@pytest.fixture(scope="session")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    folder = tmp_path_factory.mktemp("survey")
    sets = synthetic(SCANS)
    for band in ("j", "h"):
        sets.magzp[band][::7] = np.nan  # unknown values, for three-valued logic
    publish(DirectoryTree(folder), sets, numbered=False, origin="synthetic")
    return Inventory.open(DirectoryTree(folder), "asky")


@pytest.fixture(scope="session")
def columns(inventory: Inventory) -> dict[str, ImageColumns]:
    details = inventory.details(np.arange(inventory.size))
    return {band: ImageColumns(details, band) for band in ("j", "h", "k")}
