"""Data sets are found by identifier and by the archive's path, and lie where the archive has them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from skybatch.errors import NotFound
from skybatch.surveys.twomass.datasets import (
    DATASET_TITLES,
    DATASETS,
    DEFAULT_DATASET,
    Dataset,
    dataset_of_path,
    dataset_prefix,
    inventory_folder,
)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_a_data_set_is_found_by_its_path(dataset: Dataset) -> None:
    assert dataset_of_path(dataset.folder, dataset.table) == dataset.id
    assert dataset_prefix(dataset.id) == f"twomass/{dataset.folder}/{dataset.table}/"
    assert inventory_folder(dataset.id) == f"inventory/{dataset.id}"


def test_folder_and_table_must_belong_together() -> None:
    assert dataset_of_path("full", "allsky") is None


@pytest.mark.parametrize("locate", [dataset_prefix, inventory_folder])
def test_an_unknown_data_set_is_refused(locate: Callable[[str], str]) -> None:
    with pytest.raises(NotFound, match="mystery"):
        locate("mystery")


def test_the_default_is_a_data_set_and_titles_carry_the_survey() -> None:
    assert DATASET_TITLES[DEFAULT_DATASET] == "2MASS All-Sky Release Survey"
    assert list(DATASET_TITLES) == list(DATASETS)
