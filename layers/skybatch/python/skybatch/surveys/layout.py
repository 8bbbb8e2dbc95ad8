"""Where an image lies in the archive: keys from identities, identities from keys.

The keys are those of the survey archive's own HTTP service (``/ibe/data/{mission}/…``), so a mirror, a
tree on disk and a bucket all have the same layout.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from skybatch.errors import NotFound

MISSION = "twomass"
BANDS = ("j", "h", "k")
HEMISPHERES = ("n", "s")

# Data set (the batch service's name) -> (archive data set, archive table).
DATASETS: dict[str, tuple[str, str]] = {
    "asky": ("allsky", "allsky"),
    "askyw": ("full", "full"),
    "sx": ("sixxcat", "sixxcat"),
    "sxw": ("sixxfull", "sixxfull"),
    "cal": ("calibration", "calibration"),
}
DATASET_OF = {folders: dataset for dataset, folders in DATASETS.items()}

DATASET_TITLES = {
    "asky": "All-Sky Release Survey",
    "askyw": "Full Survey",
    "sx": "6X Catalog",
    "sxw": "Full 6X",
    "cal": "Calibration",
}

Kind = Literal["image", "quicklook"]
KINDS: tuple[Kind, ...] = ("image", "quicklook")

# Names met in archives, the usual one first; what a name says of gzip is not to be trusted.
TILED_SUFFIX = ".fits.fz"
ATLAS_SUFFIXES = (".fits.gz", ".fits", ".fit.gz", ".fit", TILED_SUFFIX)
QUICKLOOK_SUFFIXES = (".fits.H", TILED_SUFFIX)

# Compiled when first used, and kept by `re`: most processes never parse a key.
_KEY = (
    rf"(?:^|/){MISSION}/(?P<set>\w+)/(?P<table>\w+)/(?P<date>\d{{6}})(?P<hem>[ns])/s(?P<scan>\d{{3}})"
    r"/(?P<kind>image|quicklook)/(?P<band>[jhk])i(?P<fscan>\d{3})(?P<image>\d{4})(?P<suffix>\.\w+(?:\.\w+)?)$"
)


@dataclass(frozen=True, order=True)
class ImageId:
    """One image of the survey: data set, ``yymmdd`` date, hemisphere, scan, image number, band."""

    dataset: str
    date: str
    hem: str
    scan: int
    image: int
    band: str

    @property
    def stem(self) -> str:
        """The file name without suffix, e.g. ``ji1010266``."""
        return f"{self.band}i{self.scan:03d}{self.image:04d}"


def scan_prefix(dataset: str, date: str, hem: str, scan: int) -> str:
    """The folder of one scan, ending in a slash: ``twomass/full/full/001126n/s101/``."""
    return f"{dataset_prefix(dataset)}{date}{hem}/s{scan:03d}/"


def dataset_prefix(dataset: str) -> str:
    """The folder of one data set, ending in a slash; NotFound for a data set nobody knows."""
    if dataset not in DATASETS:
        raise NotFound(f"unknown data set {dataset!r}; known are {', '.join(DATASETS)}")
    folder, table = DATASETS[dataset]
    return f"{MISSION}/{folder}/{table}/"


def inventory_folder(dataset: str) -> str:
    """The folder of a data set's versions below the archive's root."""
    if dataset not in DATASETS:
        raise NotFound(f"unknown data set {dataset!r}; known are {', '.join(DATASETS)}")
    return f"inventory/{dataset}"


def atlas_key(image: ImageId, suffix: str = ".fits.gz") -> str:
    """The key of an Atlas image: ``twomass/full/full/001126n/s101/image/ji1010266.fits.gz``."""
    return _key(image, "image", suffix)


def quicklook_key(image: ImageId, suffix: str = ".fits.H") -> str:
    """The key of a Quicklook image: ``…/s101/quicklook/ji1010266.fits.H``."""
    return _key(image, "quicklook", suffix)


def _key(image: ImageId, kind: Kind, suffix: str) -> str:
    folder = scan_prefix(image.dataset, image.date, image.hem, image.scan)
    return f"{folder}{kind}/{image.stem}{suffix}"


def parse_key(key: str) -> tuple[ImageId, Kind, str]:
    """Identity, kind and suffix of a key, whatever prefix stands before the mission folder.

    Raises NotFound for anything that is not the key of an image in a known data set.
    """
    found = re.search(_KEY, key)
    if found is None or found["scan"] != found["fscan"]:
        raise NotFound(f"not the key of an image: {key}")
    dataset = DATASET_OF.get((found["set"], found["table"]))
    kind: Kind = "image" if found["kind"] == "image" else "quicklook"
    known = ATLAS_SUFFIXES if kind == "image" else QUICKLOOK_SUFFIXES
    if dataset is None or found["suffix"] not in known:
        raise NotFound(f"not the key of an image: {key}")
    image = ImageId(
        dataset, found["date"], found["hem"], int(found["scan"]), int(found["image"]), found["band"]
    )
    return image, kind, found["suffix"]
