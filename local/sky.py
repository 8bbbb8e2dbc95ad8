"""The sample sky as a tree in the archive's layout: Atlas images, Quicklooks, and their metadata table."""

from __future__ import annotations

import csv
import multiprocessing
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from isal import igzip

from local.pixels import Exposure
from local.scans import ImageSet, image_sets
from skybatch.archive.layout import BANDS, ImageId, atlas_key, quicklook_key
from skybatch.imaging.quicklook import encode

# Noise hardly compresses: more effort costs time and gains a thousandth.
GZIP_LEVEL = 1
# Magnitude at signal to noise 10, below the zero point by this much in the survey's own tables.
DEPTH_BELOW_ZERO_POINT = 4.6

# The columns of the archive's own metadata tables that headers do not have, and what finds the image.
METADATA_COLUMNS = (
    "ordate",
    "hemisphere",
    "scanno",
    "coaddno",
    "filter",
    "ut_date",
    "coadd_key",
    "seesh",
    "magzp",
    "msnr10",
)


@dataclass(frozen=True)
class Sky:
    """A sample sky on disk: the tree's root, a metadata table (CSV) a data set, and what was written."""

    root: Path
    metadata: dict[str, Path]
    images: int
    bytes: int


def make_sky(root: Path, *, few: bool = False) -> Sky:
    """Write the sample sky below ``root``; the same bytes on every machine and every time.

    All of it is about 150 Atlas images and as many Quicklooks; ``few`` makes 14 image sets instead of 51.
    """
    sets = image_sets(few=few)
    wanted = [Exposure(images, band) for images in sets for band in BANDS]
    context = multiprocessing.get_context("spawn")  # a fork would take over threads of the caller
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=context) as pool:
        sizes = list(pool.map(_write, [root] * len(wanted), wanted, chunksize=4))
    datasets = sorted({images.scan.dataset for images in sets})
    metadata = {dataset: _write_metadata(root, dataset, wanted) for dataset in datasets}
    return Sky(root, metadata, images=len(wanted), bytes=sum(sizes))


def _write(root: Path, exposure: Exposure) -> int:
    """Write one image in both forms; the bytes written."""
    plain = exposure.fits()
    image = identity(exposure)
    return _put(root / atlas_key(image), igzip.compress(plain, GZIP_LEVEL, mtime=0)) + _put(
        root / quicklook_key(image), encode(plain)
    )


def _put(path: Path, body: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(body)


def identity(exposure: Exposure) -> ImageId:
    """The archive's identity of a sample image."""
    images: ImageSet = exposure.images
    scan = images.scan
    return ImageId(scan.dataset, scan.date, scan.hem, scan.scan, images.image, exposure.band)


def _write_metadata(root: Path, dataset: str, exposures: Iterable[Exposure]) -> Path:
    """One row an image, as the archive's own metadata tables have it."""
    path = root / f"metadata-{dataset}.csv"
    with path.open("w", newline="") as sink:
        table = csv.writer(sink)
        table.writerow(METADATA_COLUMNS)
        table.writerows(_metadata_row(e) for e in exposures if e.images.scan.dataset == dataset)
    return path


def _metadata_row(exposure: Exposure) -> tuple[object, ...]:
    images, scan = exposure.images, exposure.images.scan
    # The tables' seesh is not the header's: about three times it, the seeing's width in arcsec.
    seeing, depth = round(2.9 * exposure.seesh, 4), round(exposure.magzp - DEPTH_BELOW_ZERO_POINT, 4)
    name = (scan.date, scan.hem, scan.scan, images.image, exposure.band)
    return (*name, scan.date, images.coadd_key, seeing, exposure.magzp, depth)
