"""Keys of images in the archive of 2MASS."""

from __future__ import annotations

from skybatch.surveys.image_id import (
    TILED_SUFFIX,
    ScanImageId,
    atlas_key,
    dataset_prefix,
    image_key,
    image_suffixes,
    parse_key,
    quicklook_key,
)
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import DEFAULT_DATASET

ATLAS_SUFFIXES = image_suffixes(DEFAULT_DATASET, ImageType.ATLAS)
QUICKLOOK_SUFFIXES = image_suffixes(DEFAULT_DATASET, ImageType.QUICKLOOK)
SUFFIXES = {ImageType.ATLAS: ATLAS_SUFFIXES, ImageType.QUICKLOOK: QUICKLOOK_SUFFIXES}
__all__ = ["TILED_SUFFIX", "ScanImageId", "atlas_key", "image_key", "parse_key", "quicklook_key"]


def scan_prefix(dataset: str, date: str, hem: str, scan: int) -> str:
    """Return the key prefix of one scan, ending in a slash: ``twomass/full/full/001126n/s101/``."""
    return f"{dataset_prefix(dataset)}{date}{hem}/s{scan:03d}/"
