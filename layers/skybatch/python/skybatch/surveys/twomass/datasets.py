"""The data sets of 2MASS: identifiers, titles, and where the archive keeps them. One is added here."""

from __future__ import annotations

from dataclasses import dataclass

from skybatch.errors import NotFound

MISSION = "twomass"
DEFAULT_DATASET = "asky"


@dataclass(frozen=True)
class Dataset:
    """One data set.

    Attributes
    ----------
    id
        Identifier in requests, tables and inventories.
    title
        Title shown to people, without the survey's name.
    folder, table
        Path elements of its keys below the mission, which are the names of the archive's data set and table.
    search_title
        Title in answers of the archive's image search, where it has one of its own.
    """

    id: str
    title: str
    folder: str
    table: str
    search_title: str = ""

    @property
    def path(self) -> str:
        """Path below the mission: ``full/full``."""
        return f"{self.folder}/{self.table}"

    @property
    def full_title(self) -> str:
        """Title with the survey's name: ``2MASS 6X Catalog``."""
        return f"2MASS {self.title}"


DATASETS = {
    dataset.id: dataset
    for dataset in (
        Dataset("asky", "All-Sky Release Survey", "allsky", "allsky", "2MASS All-Sky Data Release"),
        Dataset("askyw", "Full Survey", "full", "full"),
        Dataset("sx", "6X Catalog", "sixxcat", "sixxcat"),
        Dataset("sxw", "Full 6X", "sixxfull", "sixxfull"),
        Dataset("cal", "Calibration", "calibration", "calibration"),
    )
}
DATASET_TITLES = {dataset.id: dataset.full_title for dataset in DATASETS.values()}
_DATASET_OF_PATH = {(dataset.folder, dataset.table): dataset.id for dataset in DATASETS.values()}


def dataset_of_path(folder: str, table: str) -> str | None:
    """Return the identifier of the data set at ``{mission}/{folder}/{table}``, or None."""
    return _DATASET_OF_PATH.get((folder, table))


def dataset_prefix(dataset: str) -> str:
    """Return the key prefix of a data set, ending in a slash; NotFound for an unknown one."""
    return f"{MISSION}/{_known(dataset).path}/"


def inventory_folder(dataset: str) -> str:
    """Return the folder of a data set's inventory versions below the archive's root.

    Raises
    ------
    NotFound
        For an unknown data set.
    """
    return f"inventory/{_known(dataset).id}"


def _known(dataset: str) -> Dataset:
    if dataset not in DATASETS:
        raise NotFound(f"unknown data set {dataset!r}; known are {', '.join(DATASETS)}")
    return DATASETS[dataset]
