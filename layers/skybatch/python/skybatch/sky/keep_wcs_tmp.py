"""Centre, corners and CD matrix of images placed by CRVAL, CRPIX, CDELT and CROTA2.

SIN projection (Calabretta & Greisen 2002, section 5.1.5), rotation by CROTA2 (section 6.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Facts = Mapping[str, NDArray[Any]]


def cd_matrix(facts: Facts) -> NDArray[np.float64]:
    """CD1_1, CD1_2, CD2_1, CD2_2 in degrees per pixel, shape (n, 4)."""
    angle = np.radians(facts["crota2"])
    cos, sin = np.cos(angle), np.sin(angle)
    cdelt1, cdelt2 = facts["cdelt1"], facts["cdelt2"]
    return np.stack([cdelt1 * cos, -cdelt2 * sin, cdelt1 * sin, cdelt2 * cos], axis=1)


def image_points(facts: Facts) -> dict[str, NDArray[np.float64]]:
    """Degrees of the centre (``ra``, ``dec``) and of the outer corners (``ra1``, ``dec1`` ... ``dec4``).

    Corners run round from pixel (1, 1) along the first row; (n,) arrays in the images' own frame.
    """
    right, top = facts["naxis1"] + 0.5, facts["naxis2"] + 0.5
    low = np.full_like(right, 0.5, dtype=np.float64)
    places = {
        "": ((right + 0.5) / 2, (top + 0.5) / 2),
        "1": (low, low),
        "2": (right, low),
        "3": (right, top),
        "4": (low, top),
    }
    points = {}
    for name, (x, y) in places.items():
        points[f"ra{name}"], points[f"dec{name}"] = _sky(facts, x, y)
    return points


def _sky(
    facts: Facts, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    cd = cd_matrix(facts)
    dx, dy = x - facts["crpix1"], y - facts["crpix2"]
    east, north = np.radians(cd[:, 0] * dx + cd[:, 1] * dy), np.radians(cd[:, 2] * dx + cd[:, 3] * dy)
    toward = np.sqrt(1.0 - east**2 - north**2)
    cos, sin = np.cos(np.radians(facts["crval2"])), np.sin(np.radians(facts["crval2"]))
    along, up = toward * cos - north * sin, toward * sin + north * cos
    ra = (facts["crval1"] + np.degrees(np.arctan2(east, along))) % 360.0
    # A tiny negative angle comes out of the remainder as 360 itself.
    return np.where(ra >= 360.0, 0.0, ra), np.degrees(np.arctan2(up, np.hypot(east, along)))
