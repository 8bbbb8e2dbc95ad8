"""Centre and corners of images lie where astropy's WCS puts them."""

from __future__ import annotations

import numpy as np
from astropy.wcs import WCS

from skybatch.tables.schemas.image_geometry import image_points
from tests.support.survey.image_sets import centre_and_corner_pixels, sample_image_sets

KEYWORDS = (
    *("crval1", "crval2", "crpix1", "crpix2", "cdelt1", "cdelt2"),
    *("crota2", "naxis1", "naxis2"),
)


def test_points_are_those_of_astropy_in_order_from_the_first_pixel() -> None:
    sets = sample_image_sets(30)
    columns = {name: np.asarray(getattr(sets, name)) for name in KEYWORDS}
    points = image_points(columns)
    assert list(points) == ["ra", "dec", *(f"{axis}{i}" for i in (1, 2, 3, 4) for axis in ("ra", "dec"))]
    for i in range(len(sets)):
        keywords = {name.upper(): columns[name][i] for name in KEYWORDS}
        wcs = WCS({"NAXIS": 2, "CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", **keywords})
        nx, ny = keywords["NAXIS1"], keywords["NAXIS2"]
        pixels = centre_and_corner_pixels(nx, ny)
        for number, (ra, dec) in zip(("", 1, 2, 3, 4), wcs.wcs_pix2world(pixels, 1), strict=True):
            turn = (points[f"ra{number}"][i] - ra + 180) % 360 - 180
            assert abs(turn * np.cos(np.radians(dec))) < 1e-9
            assert abs(points[f"dec{number}"][i] - dec) < 1e-9
