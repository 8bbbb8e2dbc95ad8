"""The sample sky as a tree in the archive's layout: Atlas images, Quicklooks and the inventory of them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from isal import igzip
from numpy.typing import NDArray

from local.synthetic.header import HEADER_BYTES
from local.synthetic.pixels import BLOCK, Exposure
from local.synthetic.scans import PIXEL, WIDTH, ImageSet, image_sets
from skybatch.archive.coverage import coverage_of
from skybatch.imaging.quicklook import compress_quicklook
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.publish import publish
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key, quicklook_key
from skybatch.surveys.twomass.bands import BANDS

# Noise hardly compresses: more effort costs time and gains a thousandth.
GZIP_LEVEL = 1
# In the survey's tables: magnitude at signal to noise 10, below the zero point by about this.
DEPTH_BELOW_ZERO_POINT = 4.6
# The tables' seesh (seeing, arcsec) is about this many times the header's (a shape near one).
SEEING_PER_SHAPE = 2.9


@dataclass(frozen=True)
class Written:
    """Stored sizes, bytes, of one image in both forms."""

    atlas: int
    quicklook: int


def make_synthetic_archive(root: Path, *, few: bool = False) -> int:
    """Write the sample sky and its inventory below ``root``; return the number of Atlas images.

    The images are the same bytes on every machine and every time. All of it is 51 image sets of three
    bands; ``few`` makes 14 sets.
    """
    sets = image_sets(few=few)
    exposures = [Exposure(images, band) for images in sets for band in BANDS]
    context = multiprocessing.get_context("spawn")  # a fork would take over threads of the caller
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=context) as pool:
        written = list(pool.map(_write, [root] * len(exposures), exposures, chunksize=4))
    sizes = dict(zip(exposures, written, strict=True))
    for dataset in sorted({images.scan.dataset for images in sets}):
        columns = inventory_of([images for images in sets if images.scan.dataset == dataset], sizes)
        tree, coverage = DirectoryTree(root), coverage_of(columns)
        publish(tree, columns, numbered=False, origin="the sample sky", coverage=coverage)
    return len(exposures)


def _write(root: Path, exposure: Exposure) -> Written:
    plain, image = exposure.fits(), identity(exposure)
    atlas = _put(root / atlas_key(image), igzip.compress(plain, GZIP_LEVEL, mtime=0))
    return Written(atlas, _put(root / quicklook_key(image), compress_quicklook(plain)))


def _put(path: Path, body: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(body)


def identity(exposure: Exposure) -> ImageId:
    """Return the archive's identity of a synthetic image."""
    scan = exposure.images.scan
    return ImageId(scan.dataset, scan.date, scan.hem, scan.scan, exposure.images.image, exposure.band)


def inventory_of(sets: Sequence[ImageSet], sizes: dict[Exposure, Written]) -> ImageSets:
    """Build the columns of the archive's metadata tables for image sets of one data set."""
    scans = [images.scan for images in sets]
    height = np.array([images.naxis2 for images in sets])

    def every(value: Any) -> NDArray[Any]:
        return np.full(len(sets), value)

    def by_band(fact: Callable[[Exposure], float]) -> dict[str, NDArray[Any]]:
        return {band: np.array([fact(Exposure(images, band)) for images in sets]) for band in BANDS}

    def suffix(name: str) -> dict[str, NDArray[np.object_]]:
        return {band: np.full(len(sets), name, dtype=object) for band in BANDS}

    return ImageSets(
        dataset=scans[0].dataset,
        set_index=np.arange(len(sets)),
        crval1=np.array([images.crval1 for images in sets]),
        crval2=np.array([images.crval2 for images in sets]),
        crota2=np.array([images.crota2 for images in sets]),
        crpix1=every((WIDTH + 1) / 2),
        crpix2=(height + 1) / 2,
        cdelt1=every(-PIXEL),
        cdelt2=every(PIXEL),
        naxis1=every(WIDTH),
        naxis2=height,
        date=np.array([scan.date for scan in scans]),
        ut_date=np.array([scan.date for scan in scans]),
        hem=np.array([scan.hem for scan in scans]),
        scan=np.array([scan.scan for scan in scans]),
        image=np.array([images.image for images in sets]),
        coadd_key=np.array([images.coadd_key for images in sets]),
        header_blocks=every(HEADER_BYTES // BLOCK),
        bytes=by_band(lambda exposure: sizes[exposure].atlas),
        suffix=suffix(".fits.gz"),
        quicklook_bytes=by_band(lambda exposure: sizes[exposure].quicklook),
        quicklook_suffix=suffix(".fits.H"),
        seesh=by_band(lambda exposure: round(SEEING_PER_SHAPE * exposure.seesh, 4)),
        magzp=by_band(lambda exposure: exposure.magzp),
        msnr10=by_band(lambda exposure: round(exposure.magzp - DEPTH_BELOW_ZERO_POINT, 4)),
    )
