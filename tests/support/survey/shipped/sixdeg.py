"""A made 2MASS mosaic of true size, 1.9 GB: sparse files, with pixels where tests look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy.io import fits

PIXELS, SCALE, SEQNUM = 21_600, 1.0 / 3600.0, 1381
CENTER, ROTATION = (83.0, -5.0), 0.3
# First pixel, from 0, and the side of the squares that hold something: inside, and over two edges.
SQUARES, SIDE = ((10_740, 10_760), (21_500, 0)), 100


def key(band: str, scale: str = "1asec") -> str:
    """The key of a mosaic."""
    return f"twomass/mosaic/sixdeg/{band}/{SEQNUM:05d}/mosaic_6deg_{band}{SEQNUM:05d}_{scale}.fits"


def make_mosaics(root: Path) -> None:
    """Write the mosaic in J and H, and beside it the one of 6 arcsec a pixel."""
    for seed, band in enumerate("jh"):
        _write(root / key(band), seed)
    (root / key("j", "6asec")).write_bytes(b"x")


def _write(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_header().tostring().encode())
    start = path.stat().st_size
    size = start + PIXELS * PIXELS * 4
    with path.open("r+b") as file:
        file.truncate(size + -size % 2880)
        for number, (x, y) in enumerate(SQUARES):
            pixels = np.random.default_rng(10 * seed + number).normal(0, 9, (SIDE, SIDE)).astype(">f4")
            for row, values in enumerate(pixels):
                file.seek(start + 4 * ((y + row) * PIXELS + x))
                file.write(values.tobytes())


def _header() -> fits.Header:
    header = fits.Header()
    header["SIMPLE"], header["BITPIX"], header["NAXIS"] = True, -32, 2
    header["NAXIS1"], header["NAXIS2"] = PIXELS, PIXELS
    header.update({
        "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": CENTER[0], "CRVAL2": CENTER[1],
        "CRPIX1": PIXELS / 2 + 0.5, "CRPIX2": PIXELS / 2 + 0.5, "CDELT1": -SCALE, "CDELT2": SCALE,
        "CROTA2": ROTATION, "EQUINOX": 2000.0,
    })  # fmt: skip
    return header
