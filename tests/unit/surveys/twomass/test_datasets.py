"""Data sets are found by identifier and by the archive's path, and lie where the archive has them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from skybatch.errors import NotFound
from skybatch.surveys.image_id import dataset_prefix
from skybatch.surveys.twomass.datasets import (
    DATASET_TITLES,
    DATASETS,
    DEFAULT_DATASET,
    inventory_folder,
)


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_data_set_lies_where_the_archive_has_it(dataset: str) -> None:
    assert dataset_prefix(dataset) == f"twomass/{DATASETS[dataset].folder}/{DATASETS[dataset].table}/"
    assert inventory_folder(dataset) == f"inventory/{dataset}"


@pytest.mark.parametrize("locate", [dataset_prefix, inventory_folder])
def test_an_unknown_data_set_is_refused(locate: Callable[[str], str]) -> None:
    with pytest.raises(NotFound, match="mystery"):
        locate("mystery")


def test_the_default_is_a_data_set_and_titles_carry_the_survey() -> None:
    assert DATASET_TITLES[DEFAULT_DATASET] == "2MASS All-Sky Release Survey"
    assert list(DATASET_TITLES) == list(DATASETS)
