"""The two projections of sketches: gnomonic for a field, Hammer-Aitoff for all of the sky.

Calabretta & Greisen 2002, sections 5.1.3 (TAN) and 5.4.2 (AIT). Plane coordinates are degrees at the middle,
x to the right and y up; east is to the left, as in images of the sky.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from skybatch.sky.vectors import Floats, tangents, to_sphere, to_vector

# Degrees from the middle beyond which a gnomonic plane stretches the sky more than twice.
GNOMONIC_RADIUS = 45.0


@dataclass(frozen=True)
class Gnomonic:
    """The tangential plane at an ICRS position: great circles are straight lines."""

    ra: float
    dec: float
    shows_all = False

    def plane(self, ra: ArrayLike, dec: ArrayLike) -> tuple[Floats, Floats]:
        """Return x and y of positions, NaN for those more than 80 degrees from the middle."""
        vectors, middle = to_vector(ra, dec), to_vector(self.ra, self.dec)
        east, north = tangents(self.ra, self.dec)
        toward = vectors @ middle
        toward = np.where(toward > np.cos(np.radians(80.0)), toward, np.nan)
        return -np.degrees(vectors @ east / toward), np.degrees(vectors @ north / toward)

    def sky(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Return the ICRS positions of places in the plane."""
        east, north = tangents(self.ra, self.dec)
        right, up = np.radians(np.asarray(x, np.float64)), np.radians(np.asarray(y, np.float64))
        vectors = to_vector(self.ra, self.dec) - right[..., None] * east + up[..., None] * north
        return to_sphere(vectors)


@dataclass(frozen=True)
class AllSky:
    """The whole sky, of equal areas, about a right ascension."""

    ra: float = 180.0
    shows_all = True

    def plane(self, ra: ArrayLike, dec: ArrayLike) -> tuple[Floats, Floats]:
        """Return x and y of positions; x reaches from -162 to 162, y from -81 to 81."""
        east = np.radians(_half_turn(np.asarray(ra, np.float64) - self.ra)) / 2.0
        north = np.radians(np.asarray(dec, np.float64))
        scale = np.sqrt(2.0 / (1.0 + np.cos(north) * np.cos(east)))
        return (
            -np.degrees(2.0 * scale * np.cos(north) * np.sin(east)),
            np.degrees(scale * np.sin(north)),
        )


def _half_turn(degrees: Floats) -> Floats:
    """Bring angles to [-180, 180], both ends as they are: they are the two edges of the map."""
    return np.where(np.abs(degrees) <= 180.0, degrees, (degrees + 180.0) % 360.0 - 180.0)
