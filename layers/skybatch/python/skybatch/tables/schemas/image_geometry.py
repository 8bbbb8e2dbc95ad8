"""Centre and corners of images, as the columns of tables have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from skybatch.sky.footprints import Footprints
from skybatch.sky.vectors import Floats

POINTS = ("ra", "dec", *(f"{axis}{corner}" for corner in range(1, 5) for axis in ("ra", "dec")))


def image_points(columns: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
    """Return degrees of the centre (``ra``, ``dec``) and of the outer corners (``ra1``, ``dec1`` … ``dec4``).

    ``columns`` are named for FITS keywords (`Footprints.from_keywords`). Corners run round from pixel (1, 1)
    along the first row; (n,) arrays in the images' own frame, FK5 J2000.
    """
    images = Footprints.from_keywords(columns)
    points = dict(zip(("ra", "dec"), images.centers(), strict=True))
    ra, dec = images.corners()
    for i in range(4):
        points[f"ra{i + 1}"], points[f"dec{i + 1}"] = ra[:, i], dec[:, i]
    return points
