"""Centre and corners of images, as the columns of tables have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
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
    return _by_name(images.centers(), images.corners())


def points_within(images: Footprints, first: tuple[Any, Any], sides: tuple[Any, Any]) -> dict[str, Floats]:
    """Return what `image_points` does of parts of images (n,), where those may be distorted.

    ``first`` are the columns and rows that lie before each part, ``sides`` the columns and rows of it.
    """
    (x0, y0), (nx, ny) = (np.asarray(first, np.float64), np.asarray(sides, np.float64))
    left, right, bottom, top = x0 + 0.5, x0 + nx + 0.5, y0 + 0.5, y0 + ny + 0.5
    x = np.stack([left, right, right, left], axis=-1)
    y = np.stack([bottom, bottom, top, top], axis=-1)
    return _by_name(images.to_sky((left + right) / 2.0, (bottom + top) / 2.0), images.to_sky(x, y))


def _by_name(centers: tuple[Floats, Floats], corners: tuple[Floats, Floats]) -> dict[str, Floats]:
    points = dict(zip(("ra", "dec"), centers, strict=True))
    ra, dec = corners
    for i in range(4):
        points[f"ra{i + 1}"], points[f"dec{i + 1}"] = ra[:, i], dec[:, i]
    return points
