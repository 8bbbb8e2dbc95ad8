"""A made archive in memory: image sets with real pixels, real keys, and an inventory built for them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import obstore
from obstore.store import MemoryStore

from skybatch.inventory.cache import open_inventories
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.publish import publish
from skybatch.sky.vectors import Floats
from skybatch.storage.bucket_tree import BucketTree
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key
from skybatch.surveys.twomass.bands import BANDS
from tests.support.images.fits_files import PIXEL_DEGREES, gzipped, make_image

NX, NY, HEADER_BLOCKS = 512, 1024, 4
# Tables for the default archive: crops, a whole image and a position off the sky that it covers.
POSITIONS = """\
|ra       |dec    |size|id   |
 180.0      20.0   50   crop
 180.0      20.1   null whole
 50.0       50.0   50   off
 180.005    20.0   20   crop2
"""
POSITIONS_WITH_BEST = """\
|ra       |dec    |size|id   |best|
 180.0      20.0   50   crop  y
 180.0      20.1   null whole n
 50.0       50.0   50   off   y
"""


@dataclass
class MadeArchive:
    """Image sets centred at (ra, dec), FK5 degrees, one a scan; keys count from 1001."""

    centres: list[tuple[float, float]] = field(
        default_factory=lambda: [(180.0, 20.0), (180.01, 20.02), (180.0, 20.2), (10.0, -89.9)]
    )
    dataset: str = "asky"
    objects: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        self.plain: dict[str, bytes] = {}
        sizes = {band: np.zeros(len(self.centres), np.int64) for band in BANDS}
        for n, (ra, dec) in enumerate(self.centres):
            for band in BANDS:
                image = make_image(ra, dec, seed=10 * n + BANDS.index(band), cards={"FILTER": band})
                stored = gzipped(image)
                self.plain[self.key(n, band)] = image
                obstore.put(self.objects, self.key(n, band), stored)
                sizes[band][n] = len(stored)
        self.publish(sizes)

    def key(self, n: int, band: str) -> str:
        """The key of one image."""
        return atlas_key(ImageId(self.dataset, "990101", "n", n + 1, 9, band))

    def publish(self, sizes: dict[str, np.ndarray]) -> None:
        """Build the inventory."""
        count = len(self.centres)
        ra, dec = np.array(self.centres).T
        none = {band: np.full(count, np.nan) for band in BANDS}
        sets = ImageSets(
            set_index=np.arange(count),
            crval1=ra,
            crval2=dec,
            crpix1=_all(count, (NX + 1) / 2),
            crpix2=_all(count, (NY + 1) / 2),
            cdelt1=_all(count, -PIXEL_DEGREES),
            cdelt2=_all(count, PIXEL_DEGREES),
            crota2=_all(count, -0.0117),
            naxis1=np.full(count, NX),
            naxis2=np.full(count, NY),
            date=np.full(count, "990101"),
            hem=np.full(count, "n"),
            scan=np.arange(count) + 1,
            image=np.full(count, 9),
            ut_date=np.full(count, "990101"),
            coadd_key=np.arange(count) + 1001,
            header_blocks=np.full(count, HEADER_BLOCKS),
            bytes=sizes,
            suffix={band: np.where(sizes[band] > 0, ".fits.gz", "").astype(object) for band in BANDS},
            quicklook_bytes={band: np.zeros(count, np.int64) for band in BANDS},
            quicklook_suffix={band: np.full(count, "", object) for band in BANDS},
            seesh=none,
            magzp=none,
            msnr10=none,
            dataset=self.dataset,
        )
        publish(BucketTree(self.objects), sets, numbered=False, origin="made for tests")
        self.open = open_inventories(self.objects)


def _all(count: int, value: float) -> Floats:
    return np.full(count, value)
