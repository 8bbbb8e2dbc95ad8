"""Data sets lie where the archive has them, and their titles carry the survey."""

from __future__ import annotations

import pytest

from skybatch.surveys.image_id import dataset_prefix
from skybatch.surveys.known import DEFAULT_DATASET, default_survey
from skybatch.surveys.twomass.datasets import DATASETS, MISSION


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_data_set_lies_where_the_archive_has_it(dataset: str) -> None:
    assert dataset_prefix(dataset) == f"{MISSION}/{DATASETS[dataset].folder}/{DATASETS[dataset].table}/"
    assert MISSION == "twomass"


def test_the_default_is_a_data_set_and_titles_carry_the_survey() -> None:
    assert default_survey().dataset_title(DEFAULT_DATASET) == "2MASS All-Sky Release Survey"
    assert all(default_survey().dataset_title(name).startswith("2MASS ") for name in DATASETS)
