"""The data sets of 2MASS, by its description."""

from __future__ import annotations

from skybatch.surveys.image_id import dataset_prefix
from skybatch.surveys.known import DEFAULT_DATASET, default_survey, survey_of

MISSION = default_survey().mission.name
DATASETS = default_survey().datasets
DATASET_TITLES = {name: default_survey().dataset_title(name) for name in DATASETS}

__all__ = ["DATASETS", "DATASET_TITLES", "DEFAULT_DATASET", "MISSION", "dataset_prefix", "inventory_folder"]


def inventory_folder(dataset: str) -> str:
    """Return the folder of a data set's inventory versions below the archive's root.

    Raises
    ------
    NotFound
        For an unknown data set.
    """
    survey_of(dataset)
    return f"inventory/{dataset}"
