"""A whole survey made from code: the true geometry of 59,731 scans of 23 image sets, all over the sky.

For tests and benchmarks; nothing of it is a measurement. The scans tile the sky as the survey's do
(survey documentation: 8.5' x 6° scans, neighbouring images 970 rows apart); dates, rotations, magnitudes
and sizes are drawn from a fixed seed, so that every call makes the same survey.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skybatch.inventory.image_sets import ImageSets
from skybatch.surveys.twomass.bands import BANDS

SCANS = 59_731
# The numbers of a scan's images: those of the nearest frame.
IMAGE_NUMBERS = np.array(
    [9, 21, 33, 44, 56, 68, 80, 92, 103, 115, 127, 139, 151, 162, 174, 186, 198, 210, 221, 233, 245, 257, 267]
)
NAXIS1, NAXIS2 = 512, 1024
CDELT = 0.0002777777845
STEP_ROWS = 970
# Scans side by side are 8.5 arcmin wide and overlap a little.
SCAN_STEP_DEGREES = 8.3 / 60.0
SCAN_DEGREES = 6.0
HEADER_BLOCKS = 4


def synthetic(scans: int = SCANS, dataset: str = "asky", seed: int = 2000) -> ImageSets:
    """``scans`` x 23 image sets over the whole sky; fewer scans leave gaps, evenly."""
    rng = np.random.default_rng(seed)
    ra, dec = _scan_centres(scans)
    per_scan = len(IMAGE_NUMBERS)
    total = scans * per_scan
    number = np.tile(IMAGE_NUMBERS, scans)
    last = number == IMAGE_NUMBERS[-1]
    naxis2 = np.where(last, np.repeat(rng.integers(824, 835, scans), per_scan), NAXIS2)
    twist = rng.normal(0.0, 0.008, scans)
    crval1, crval2, crota2 = _along(ra, dec, twist, naxis2.reshape(scans, per_scan))
    date, hem, scan = _nights(dec)
    dates = np.repeat(date, per_scan)
    size = {band: rng.integers(1_210_000, 1_720_000, total) for band in BANDS}
    full = {band: np.full(total, ".fits.gz", dtype=object) for band in BANDS}
    return ImageSets(
        set_index=np.arange(total),
        crval1=crval1,
        crval2=crval2,
        crpix1=np.full(total, (NAXIS1 + 1) / 2),
        crpix2=(naxis2 + 1) / 2,
        cdelt1=np.full(total, -CDELT),
        cdelt2=np.full(total, CDELT),
        crota2=crota2,
        naxis1=np.full(total, NAXIS1),
        naxis2=naxis2,
        date=dates,
        hem=np.repeat(hem, per_scan),
        scan=np.repeat(scan, per_scan),
        image=number,
        ut_date=dates,
        coadd_key=rng.permutation(total) + 1,
        header_blocks=np.full(total, HEADER_BLOCKS),
        bytes=size,
        suffix=full,
        quicklook_bytes={band: size[band] // 20 for band in BANDS},
        quicklook_suffix={band: np.full(total, ".fits.H", dtype=object) for band in BANDS},
        seesh={band: np.round(rng.uniform(2.4, 3.6, total), 5) for band in BANDS},
        magzp={band: np.round(rng.normal(20.9, 0.1, total), 4) for band in BANDS},
        msnr10={band: np.round(rng.normal(15.8, 0.2, total), 4) for band in BANDS},
        dataset=dataset,
    )


def _scan_centres(scans: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres in 30 rows of declination, as many scans a row as its circumference asks for."""
    rows = int(180.0 / SCAN_DEGREES)
    middle = -90.0 + SCAN_DEGREES * (np.arange(rows) + 0.5)
    # The edge nearer to the equator is the longer one, and must be covered.
    widest = np.cos(np.radians(np.abs(middle) - SCAN_DEGREES / 2.0))
    share = np.cumsum(np.maximum(widest, SCAN_STEP_DEGREES / 360.0))
    upto = np.round(share / share[-1] * scans).astype(int)
    count = np.diff(upto, prepend=0)
    row = np.repeat(np.arange(rows), count)
    place = np.arange(scans) - np.repeat(upto - count, count)
    ra = np.asarray(((place + 0.37 * (row % 3)) * 360.0 / count[row]) % 360.0, dtype=np.float64)
    return ra, np.asarray(middle[row], dtype=np.float64)


def _along(
    ra: NDArray[np.float64],
    dec: NDArray[np.float64],
    twist: NDArray[np.float64],
    naxis2: NDArray[np.int64],
) -> tuple[NDArray[np.float64], ...]:
    """Image centres along each scan, and CROTA2: small, growing where meridians converge."""
    first_row = STEP_ROWS * np.arange(naxis2.shape[1])
    centre_row = first_row + (naxis2 + 1) / 2
    length = centre_row[:, -1:] + naxis2[:, -1:] / 2
    offset = (centre_row - length / 2) * CDELT
    # A scan follows a great circle that crosses its middle at the angle `twist` west of north.
    phi, theta, turn = np.radians(offset), np.radians(dec)[:, None], np.radians(twist)[:, None]
    sin_dec = np.sin(theta) * np.cos(phi) + np.cos(theta) * np.sin(phi) * np.cos(turn)
    east = -np.sin(phi) * np.sin(turn)
    along = np.cos(phi) * np.cos(theta) - np.sin(phi) * np.sin(theta) * np.cos(turn)
    crval1 = (ra[:, None] + np.degrees(np.arctan2(east, along))) % 360.0
    # The same great circle's angle at the image centre.
    across = np.sin(turn) * np.cos(theta)
    ahead = np.cos(turn) * np.cos(theta) * np.cos(phi) - np.sin(theta) * np.sin(phi)
    crota2 = np.degrees(np.arctan2(across, ahead))
    crval2 = np.degrees(np.arcsin(np.clip(sin_dec, -1.0, 1.0)))
    return np.round(crval1, 8).ravel() % 360.0, np.round(crval2, 8).ravel(), crota2.ravel()


def _nights(dec: NDArray[np.float64]) -> tuple[NDArray[np.str_], NDArray[np.str_], NDArray[np.int64]]:
    """Date, hemisphere and scan number of each scan: about 50 scans a night from each telescope."""
    hem = np.where(dec >= 0.0, "n", "s")
    order = np.zeros(len(dec), dtype=np.int64)
    for side in ("n", "s"):
        of_side = hem == side
        order[of_side] = np.arange(np.count_nonzero(of_side))
    night, scan = order // 50, order % 50 + 7
    day = np.datetime64("1997-06-07") + night
    text = np.char.replace(np.datetime_as_string(day), "-", "")
    return np.array([d[2:] for d in text.tolist()]), hem, scan
