"""The pixel grids of images in the SIN projection, where CRVAL is the pole and rotation does not matter yet.

Calabretta & Greisen 2002, section 5.1.5. Directions are unit vectors in the *image frame*: toward east' and
north', the axes of the pixels at CRVAL, and toward CRVAL itself. There the corners of an image and the great
circles through them depend on its grid only, and a survey has few grids.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.vectors import Floats


@dataclass(frozen=True, eq=False)
class PixelGrids:
    """Pixel grids by size, reference pixel and step in degrees, (k,) each; images point to them by number."""

    naxis1: Floats
    naxis2: Floats
    crpix1: Floats
    crpix2: Floats
    cdelt1: Floats
    cdelt2: Floats

    @classmethod
    def from_table(cls, table: Floats) -> PixelGrids:
        """Make them from a (k, 6) table with the fields as columns."""
        return cls(*np.ascontiguousarray(np.asarray(table, dtype=np.float64).T))

    def to_direction(self, grid: NDArray[np.integer], x: Floats, y: Floats) -> Floats:
        """Return directions (n, …, 3) of FITS pixel positions (n, …) of the grids numbered ``grid`` (n,)."""
        columns = (self.crpix1, self.crpix2, self.cdelt1, self.cdelt2)
        each = [column[grid].reshape((-1,) + (1,) * (np.ndim(x) - 1)) for column in columns]
        l_, m = np.radians((x - each[0]) * each[2]), np.radians((y - each[1]) * each[3])
        return np.stack([l_, m, np.sqrt(1.0 - l_**2 - m**2)], axis=-1)

    def to_pixel(self, grid: NDArray[np.integer], local: Floats) -> tuple[Floats, Floats]:
        """Return FITS pixel positions (n,) of directions (n, 3); NaN on the far hemisphere."""
        scale = np.degrees(np.where(local[:, 2] > 0.0, 1.0, np.nan))
        x = self.crpix1[grid] + scale * local[:, 0] / self.cdelt1[grid]
        y = self.crpix2[grid] + scale * local[:, 1] / self.cdelt2[grid]
        return x, y

    @cached_property
    def corners(self) -> Floats:
        """Directions (k, 4, 3) of the outer corners of the corner pixels: first pixel, then around."""
        right, top = self.naxis1 + 0.5, self.naxis2 + 0.5
        half = np.full_like(right, 0.5)
        x = np.stack([half, right, right, half], axis=-1)
        y = np.stack([half, half, top, top], axis=-1)
        return self.to_direction(np.arange(len(right)), x, y)

    @cached_property
    def edges(self) -> Floats:
        """Unit normals (k, 4, 3) of the great circles through neighbouring corners, pointing inward."""
        normals = np.cross(self.corners, np.roll(self.corners, -1, axis=1))
        # The corners run clockwise on the sky where CDELT1 < 0 < CDELT2.
        normals *= np.sign(self.cdelt1 * self.cdelt2)[:, None, None]
        return np.asarray(normals / np.linalg.norm(normals, axis=-1, keepdims=True))

    @cached_property
    def edge_ends(self) -> tuple[Floats, Floats]:
        """Normals of the planes across the two ends of each edge: a point between both faces them."""
        start, stop = self.corners, np.roll(self.corners, -1, axis=1)
        toward_stop = stop - np.sum(start * stop, axis=-1, keepdims=True) * start
        toward_start = start - np.sum(start * stop, axis=-1, keepdims=True) * stop
        return toward_stop, toward_start

    @cached_property
    def angular_radius(self) -> float:
        """The largest angle, degrees, between the CRVAL of an image and one of its corners."""
        return float(np.degrees(np.arccos(np.min(self.corners[..., 2]))))
