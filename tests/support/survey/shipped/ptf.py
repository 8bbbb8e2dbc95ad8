"""Made images of PTF: with a header like those of the archive, or with a genuine one that has no pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy.io import fits

COLUMNS, ROWS = 2048, 4096
EXPOSURE, PID, FIELD, CCD = "200906253621", 12052003, 2899, 7
KEY = (
    f"ptf/images/level1/proc/2009/06/25/f2/c{CCD}/p13/v1/"
    f"PTF_{EXPOSURE}_i_p_scie_t084123_u{PID:09d}_f02_p{FIELD:06d}_c{CCD:02d}.fits"
)
# First column and row, from 0, of squares of pixels that hold something.
SQUARES, SIDE = ((1000, 2000), (2000, 4050), (0, 0)), 48


def made_header() -> fits.Header:
    """A header with SIP polynomials and, beside them, PV cards that would distort otherwise."""
    header = fits.Header({
        "CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP", "CRVAL1": 333.4438, "CRVAL2": 3.0890554,
        "CRPIX1": 1175.019, "CRPIX2": 945.8826, "CD1_1": 2.81094e-4, "CD1_2": -5.0e-9, "CD2_1": -2.1e-7,
        "CD2_2": -2.81284e-4, "RADECSYS": "ICRS", "EQUINOX": 2000.0, "LONPOLE": 180.0, "LATPOLE": 0.0,
        "A_ORDER": 2, "A_2_0": 2.3e-7, "A_1_1": -1.7e-7, "A_0_2": 7.0e-8,
        "B_ORDER": 2, "B_2_0": 3.4e-8, "B_1_1": 2.5e-7, "B_0_2": -7.7e-8,
        "FILTER": "R", "FILTERSL": "2", "CCDID": "7", "PTFFIELD": "2899", "PTFPID": "20000", "DBPID": PID,
        "UTC-OBS": "2009-06-25T08:41:23.970", "OBSMJD": 55007.36207, "AEXPTIME": 60.0, "FWHMSEX": 2.45,
        "AIRMASS": 1.666232, "PTFPRPI": "Kulkarni", "GAIN": 1.7, "READNOI": 5.1, "DARKCUR": 0.1,
    })  # fmt: skip
    terms = {0: 0.0, 1: 1.0, 2: 2e-3, 4: 4e-3, 5: 5e-3, 6: 6e-3}
    header.update({f"PV{axis}_{n}": value for axis in (1, 2) for n, value in terms.items()})
    return header


def genuine_header(data: Path) -> fits.Header:
    """The header of the genuine file, which stands in an extension without pixels."""
    header = fits.getheader(data / "headers/ptf/astropy_validate_ptf_header.fits", 1)
    for name in ("XTENSION", "BITPIX", "NAXIS", "PCOUNT", "GCOUNT", "CHECKSUM", "DATASUM"):
        header.remove(name, ignore_missing=True, remove_all=True)
    return header


def make_image(root: Path, header: fits.Header) -> None:
    """Write the image, and files of other kinds beside it."""
    pixels = np.zeros((ROWS, COLUMNS), np.float32)
    for number, (x, y) in enumerate(SQUARES):
        square = np.random.default_rng(number).normal(1000, 30, (SIDE, SIDE))
        pixels[y : y + SIDE, x : x + SIDE] = square[: ROWS - y, : COLUMNS - x]
    path = root / KEY
    path.parent.mkdir(parents=True)
    fits.PrimaryHDU(pixels, header).writeto(path, output_verify="silentfix")
    path.with_suffix(".jpg").write_bytes(b"x")
    path.with_name(path.name.replace("_scie_", "_mask_")).write_bytes(b"x")
