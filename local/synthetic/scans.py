"""Which scans the sample sky holds, and the survey's geometry of a scan: where its images lie.

A scan is a strip of 8.5 arcmin by 6 degrees along a meridian, coadded into 23 images that step 970 rows;
512 x 1024 pixels of 1 arcsec each, the last one shorter. Images are numbered by the nearest of the scan's
frames. (Survey documentation, and 24 genuine headers.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

COADDS_PER_SCAN = 23
WIDTH = 512
HEIGHT = 1024
LAST_HEIGHT = 830
STEP = 970
SCAN_ROWS = STEP * (COADDS_PER_SCAN - 1) + LAST_HEIGHT
PIXEL = 0.0002777777845  # deg
FRAME_STEP = 82.49  # arcsec between neighbouring frames
FIRST_FRAME = 9.1  # the frame nearest to the middle of a scan's first image
LAST_COADD = COADDS_PER_SCAN - 1
# Day numbers in the headers count from here: 980321 is 386, 001126 is 1367.
DAY_ZERO = datetime(1997, 2, 28)


@dataclass(frozen=True)
class Scan:
    """One scan, or the part of it the sample has.

    ``ra`` and ``dec`` are the middle of the whole strip (FK5 deg); ``direction`` the way the telescope
    went; ``first_key`` the coadd key of the scan's first image, the others follow; ``coadds`` the images
    the sample has, counted from 0 along the scan, ``few`` those of the small sample.
    """

    dataset: str
    date: str
    hem: str
    scan: int
    direction: str
    ra: float
    dec: float
    first_key: int
    coadds: tuple[int, ...]
    few: tuple[int, ...] = ()

    @property
    def day(self) -> int:
        """The survey's day number of the observing date."""
        return (datetime.strptime(self.date, "%y%m%d") - DAY_ZERO).days


@dataclass(frozen=True)
class ImageSet:
    """One image set of a scan: its place in the scan, its number and its geometry (deg, pixels)."""

    scan: Scan
    coadd: int

    @property
    def coadd_key(self) -> int:
        """The archive's number of this image set."""
        return self.scan.first_key + self.coadd

    @property
    def naxis2(self) -> int:
        """Rows; the last image of a scan has fewer."""
        return LAST_HEIGHT if self.coadd == LAST_COADD else HEIGHT

    @property
    def first_row(self) -> int:
        """Row of the whole scan at which the image begins."""
        return STEP * self.coadd

    @property
    def image(self) -> int:
        """The image number: the frame nearest to the middle, about 9, 21, 33, 44 … 267."""
        middle = self.first_row + (self.naxis2 - HEIGHT) / 2
        return round(FIRST_FRAME + middle / FRAME_STEP)

    @property
    def crval1(self) -> float:
        """RA of the centre, FK5 deg, as the header's ten digits give it; it drifts a little in a scan."""
        return _ten_digits((self.scan.ra + 3e-6 * (self.coadd - COADDS_PER_SCAN // 2)) % 360.0)

    @property
    def crval2(self) -> float:
        """Dec of the centre, FK5 deg, as the header's ten digits give it."""
        along = (self.first_row + self.naxis2 / 2 - SCAN_ROWS / 2) * PIXEL
        return _ten_digits(self.scan.dec + (along if self.scan.direction == "n" else -along))

    @property
    def crota2(self) -> float:
        """Twist, deg: thousandths that differ from scan to scan and grow towards the poles."""
        twist = ((self.scan.scan * 37) % 21 - 10.5) * 7e-4
        return _ten_digits(twist / max(math.cos(math.radians(self.crval2)), 0.02))


def _ten_digits(value: float) -> float:
    return float(f"{value:.10g}")


# Neighbouring scans are 428.5 arcsec apart, so 83.5 arcsec of sky lie in both.
SCANS = (
    # 65.497627 +19.535070: 60 arcsec inside an image of one scan, 24 arcsec inside one of the next.
    Scan("asky", "981121", "n", 69, "n", 65.43986, 16.78, 1342170, (20, 21, 22), (21,)),
    Scan("asky", "981121", "n", 70, "s", 65.56616, 16.78, 1342193, (0, 1), (1,)),
    # A whole scan, with NGC 7479 in its image 197 (coadd key 1590591), and a piece of its neighbour.
    Scan("asky", "971031", "n", 96, "n", 346.2275, 10.956, 1590575, tuple(range(23)), (15, 16)),
    Scan("asky", "971031", "n", 97, "s", 346.34933, 10.956, 1590598, (5, 6)),
    # Three catalogue positions: 218.793021 -29.988167, 218.889627 -23.928709, 219.026042 -25.927643
    # (the last one in the overlap of two images of one scan).
    Scan("asky", "990411", "s", 50, "n", 218.80, -32.9, 1101240, (22,), (22,)),
    Scan("asky", "990411", "s", 51, "n", 218.92, -26.9, 1101263, (21, 22), (22,)),
    Scan("asky", "990411", "s", 53, "n", 219.06, -26.9, 1101309, (14, 15), (14, 15)),
    # The star 314.30417 +77.595559, in two scans.
    Scan("asky", "000614", "n", 31, "n", 314.0584, 76.0, 699370, (17,), (17,)),
    Scan("asky", "000614", "n", 32, "s", 314.6127, 76.0, 699393, (5,)),
    # M83, larger than an image.
    Scan("asky", "990320", "s", 71, "n", 204.1854, -27.0, 1230312, (0, 1), (0,)),
    Scan("asky", "990320", "s", 72, "s", 204.3226, -27.0, 1230335, (21, 22)),
    # The north pole, inside all three.
    Scan("asky", "000307", "n", 11, "n", 10.0, 86.96, 812345, (22,), (22,)),
    Scan("asky", "000307", "n", 12, "n", 130.0, 86.96, 812368, (22,), (22,)),
    Scan("asky", "000307", "n", 13, "n", 250.0, 86.96, 812391, (22,)),
    # Across RA 0.
    Scan("asky", "991012", "n", 80, "n", 359.965, 20.0, 455010, (11, 12), (11,)),
    Scan("asky", "991012", "n", 81, "s", 0.0917, 20.0, 455033, (11,), (11,)),
    # One image set of each other data set.
    Scan("askyw", "000905", "n", 55, "n", 346.25, 10.956, 1601200, (16,)),
    Scan("sx", "001114", "n", 46, "n", 10.68145, 43.6913, 54223, (2,)),
    Scan("sxw", "001114", "n", 47, "n", 10.84, 43.6913, 54246, (2,)),
    Scan("cal", "990105", "n", 12, "s", 65.45, 19.6, 9021, (11,)),
)


def image_sets(*, few: bool) -> list[ImageSet]:
    """List the image sets of the synthetic survey, or of its small form."""
    return [ImageSet(scan, coadd) for scan in SCANS for coadd in (scan.few if few else scan.coadds)]
