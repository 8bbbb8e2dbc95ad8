"""Spherical positions as unit vectors and back; the frame is whatever the positions are in."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def to_vector(ra: ArrayLike, dec: ArrayLike) -> Floats:
    """Return unit vectors (…, 3) of spherical positions in degrees."""
    alpha, delta = np.radians(ra), np.radians(dec)
    cos_delta = np.cos(delta)
    return np.stack([cos_delta * np.cos(alpha), cos_delta * np.sin(alpha), np.sin(delta)], axis=-1)


def to_sphere(vector: Floats) -> tuple[Floats, Floats]:
    """Return longitude in [0, 360) and latitude, degrees, of vectors (…, 3) of any length."""
    x, y, z = vector[..., 0], vector[..., 1], vector[..., 2]
    return wrap(np.degrees(np.arctan2(y, x))), np.degrees(np.arctan2(z, np.hypot(x, y)))


def wrap(longitude: Floats) -> Floats:
    """Bring longitudes in degrees to [0, 360)."""
    wrapped = longitude % 360.0
    # A tiny negative angle comes out of the remainder as 360 itself.
    return np.where(wrapped >= 360.0, 0.0, wrapped)


def tangents(ra: ArrayLike, dec: ArrayLike) -> tuple[Floats, Floats]:
    """Return the unit vectors (3, …) toward east and north at positions in degrees."""
    alpha, delta = np.radians(ra), np.radians(dec)
    east = np.array([-np.sin(alpha), np.cos(alpha), np.zeros_like(alpha)])
    north = np.array([-np.sin(delta) * np.cos(alpha), -np.sin(delta) * np.sin(alpha), np.cos(delta)])
    return east, north
