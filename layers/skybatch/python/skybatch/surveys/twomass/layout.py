"""Keys of images in the archive: from identity to key and back.

Keys are those of the survey archive's own HTTP service (``/ibe/data/{mission}/…``), so a mirror, a tree
on disk and a bucket all have the same layout.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from skybatch.errors import NotFound
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.datasets import MISSION, dataset_of_path, dataset_prefix

HEMISPHERES = ("n", "s")

# Suffixes met in archives, the usual one first; a file named .gz need not be gzipped.
TILED_SUFFIX = ".fits.fz"
ATLAS_SUFFIXES = (".fits.gz", ".fits", ".fit.gz", ".fit", TILED_SUFFIX)
QUICKLOOK_SUFFIXES = (".fits.H", TILED_SUFFIX)
SUFFIXES = {ImageType.ATLAS: ATLAS_SUFFIXES, ImageType.QUICKLOOK: QUICKLOOK_SUFFIXES}

# Compiled when first used and cached by `re`: most processes never parse a key.
_KEY = (
    rf"(?:^|/){MISSION}/(?P<folder>\w+)/(?P<table>\w+)/(?P<date>\d{{6}})(?P<hem>[ns])/s(?P<scan>\d{{3}})"
    rf"/(?P<kind>{'|'.join(kind.folder for kind in ImageType)})"
    rf"/(?P<band>[{''.join(BANDS)}])i(?P<file_scan>\d{{3}})(?P<image>\d{{4}})(?P<suffix>\.\w+(?:\.\w+)?)\Z"
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
    """Return the key prefix of one scan, ending in a slash: ``twomass/full/full/001126n/s101/``."""
    return f"{dataset_prefix(dataset)}{date}{hem}/s{scan:03d}/"


def image_key(image: ImageId, image_type: ImageType, suffix: str | None = None) -> str:
    """Return the key of an image, by default with the usual suffix of its type."""
    folder = scan_prefix(image.dataset, image.date, image.hem, image.scan)
    ending = SUFFIXES[image_type][0] if suffix is None else suffix
    return f"{folder}{image_type.folder}/{image.stem}{ending}"


def atlas_key(image: ImageId, suffix: str = ATLAS_SUFFIXES[0]) -> str:
    """Return the key of an Atlas image: ``twomass/full/full/001126n/s101/image/ji1010266.fits.gz``."""
    return image_key(image, ImageType.ATLAS, suffix)


def quicklook_key(image: ImageId, suffix: str = QUICKLOOK_SUFFIXES[0]) -> str:
    """Return the key of a Quicklook: ``…/s101/quicklook/ji1010266.fits.H``."""
    return image_key(image, ImageType.QUICKLOOK, suffix)


def parse_key(key: str) -> tuple[ImageId, ImageType, str]:
    """Parse a key, with any prefix before the mission folder, into identity, type and suffix.

    Raises
    ------
    NotFound
        For anything that is not the key of an image in a known data set.
    """
    found = re.search(_KEY, key, re.ASCII)
    if found is None or found["scan"] != found["file_scan"]:
        raise NotFound(f"not the key of an image: {key}")
    dataset = dataset_of_path(found["folder"], found["table"])
    image_type = ImageType.of_folder(found["kind"])
    if dataset is None or found["suffix"] not in SUFFIXES[image_type]:
        raise NotFound(f"not the key of an image: {key}")
    image = ImageId(
        dataset, found["date"], found["hem"], int(found["scan"]), int(found["image"]), found["band"]
    )
    return image, image_type, found["suffix"]
