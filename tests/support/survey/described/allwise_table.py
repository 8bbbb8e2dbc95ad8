"""The metadata table of made AllWISE tiles, as the archive's own search answers with it; by astropy."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from astropy.table import Table
from astropy.wcs import WCS

from tests.support.survey.described.allwise_tree import CDELT, MAGZP, MAGZPUNC, PIXELS, TILES


def allwise_table(pixels: int = PIXELS) -> Table:
    """A row for each image, with the archive's columns."""
    return Table([_row(tile, band, pixels) for tile in TILES for band in MAGZP])


def table_text(table: Table, form: str = "ipac") -> str:
    """The table as text, ``ipac`` or ``csv``."""
    written = io.StringIO()
    table.write(written, format=f"ascii.{form}")
    return written.getvalue()


def _row(tile: str, band: int, pixels: int) -> dict[str, Any]:
    ra, dec = TILES[tile]
    middle = (pixels + 1) / 2
    corners = _wcs(ra, dec, middle).pixel_to_world_values(*zip(*_outer(pixels), strict=True))
    points = {
        f"{name}{n + 1}": float(corners[axis][n]) for n in range(4) for axis, name in enumerate(("ra", "dec"))
    }
    return {
        "in_row_id": 1, "in_ra": ra, "in_dec": dec,
        "coadd_id": tile, "band": band, "naxis": 2, "naxis1": pixels, "naxis2": pixels,
        "wrelease": "allwise", "crpix1": middle, "crpix2": middle, "crval1": ra, "crval2": dec,
        "ctype1": "RA---SIN", "ctype2": "DEC--SIN", "equinox": 2000.0, "bunit": "DN",
        "cdelt1": -CDELT, "cdelt2": CDELT, "crota2": 0.0, **points, "cntr": 1 + band,
        "medcov": 100.0, "magzp": MAGZP[band], "magzpunc": MAGZPUNC[band],
    }  # fmt: skip


def _outer(pixels: int) -> list[tuple[float, float]]:
    """Pixels of the corners, -0.5 and the last half as the archive has them; from 0 as astropy counts."""
    low, high = -0.5 - 1.0, pixels + 0.5 - 1.0
    return [(low, low), (high, low), (high, high), (low, high)]


def _wcs(ra: float, dec: float, middle: float) -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.crval, wcs.wcs.crpix = [ra, dec], [middle, middle]
    wcs.wcs.cd = np.array([[-CDELT, 0.0], [0.0, CDELT]])
    return wcs
