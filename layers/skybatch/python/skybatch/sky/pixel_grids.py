"""The pixel grids of images, before they are turned and placed on the sky.

SIN and TAN projections, with SIP polynomials or without, are worked out here for all images at once; grids of
other projections have a map each.

Calabretta & Greisen 2002, sections 5.1.3 and 5.1.5. Directions are unit vectors in the *image frame*: toward
east' and north', the axes of the pixels at CRVAL, and toward CRVAL itself. There the corners of an image and
the great circles through them depend on its grid only, and a survey has few grids.

Of the matrix CD = R U, R is the rotation that each image has for itself, and the upper triangle U is the
grid's: its diagonal is CDELT where the pixels' axes stand at right angles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.distortions.sip import SipPolynomials
from skybatch.sky.image_maps import ImageMap
from skybatch.sky.vectors import Floats


class Projection(IntEnum):
    """How pixels are projected; the value is what inventories keep."""

    SIN = 0
    TAN = 1
    OTHER = 2
    """One of those that astropy works out; in no inventory."""


@dataclass(frozen=True, eq=False)
class PixelGrids:
    """Pixel grids by size, reference pixel and step in degrees, (k,) each; images point to them by number.

    ``skew`` is the east' step in degrees of a pixel along axis 2, 0 where the axes stand at right angles;
    ``projection`` the `Projection`. Left out, they are 0 and SIN for all. ``sip`` are the polynomials,
    0 for grids without any. ``maps`` has the map of each grid of another projection; of those the other
    columns tell size, reference pixel and step alone.
    """

    naxis1: Floats
    naxis2: Floats
    crpix1: Floats
    crpix2: Floats
    cdelt1: Floats
    cdelt2: Floats
    skew: Floats | None = None
    projection: Floats | None = None
    sip: SipPolynomials | None = field(default=None, kw_only=True)
    maps: tuple[ImageMap | None, ...] | None = field(default=None, kw_only=True)

    @classmethod
    def from_table(cls, table: Floats) -> PixelGrids:
        """Make them from a (k, 6) or (k, 8) table with the fields as columns."""
        return cls(*np.ascontiguousarray(np.asarray(table, dtype=np.float64).T))

    @cached_property
    def _skew(self) -> Floats | None:
        """The skew where any grid has one."""
        return self.skew if self.skew is not None and self.skew.any() else None

    @cached_property
    def _is_tangent(self) -> NDArray[np.bool_] | None:
        """Which grids are in the TAN projection, None where all are in SIN."""
        if self.projection is None or not self.projection.any():
            return None
        return np.asarray(self.projection == Projection.TAN)

    def to_direction(self, grid: NDArray[np.integer], x: Floats, y: Floats) -> Floats:
        """Return directions (n, …, 3) of FITS pixel positions (n, …) of the grids numbered ``grid`` (n,).

        NaN where a SIN projection shows no sky.
        """
        across, along = x - _of_each(self.crpix1, grid, x), y - _of_each(self.crpix2, grid, y)
        if self.sip is not None:
            across, along = self.sip.distort(grid, *np.broadcast_arrays(across, along))
        east, north = across * _of_each(self.cdelt1, grid, x), along * _of_each(self.cdelt2, grid, x)
        if self._skew is not None:
            east = east + along * _of_each(self._skew, grid, x)
        directions = self._projected(grid, np.radians(east), np.radians(north))
        for each, image in self._mapped(grid):
            directions[each] = image.to_direction(*np.broadcast_arrays(_some(x, each), _some(y, each)))
        return directions

    def _projected(self, grid: NDArray[np.integer], l_: Floats, m: Floats) -> Floats:
        """Return directions (n, …, 3) of coordinates in the plane of projection, radians."""
        with np.errstate(invalid="ignore"):
            toward = np.sqrt(1.0 - l_**2 - m**2)
        if self._is_tangent is None:
            return np.stack([l_, m, toward], axis=-1)
        length = np.sqrt(1.0 + l_**2 + m**2)
        tangent = np.stack([l_ / length, m / length, 1.0 / length], axis=-1)
        is_tangent = _of_each(self._is_tangent, grid, l_)[..., None]
        return np.where(is_tangent, tangent, np.stack([l_, m, toward], axis=-1))

    def to_pixel(self, grid: NDArray[np.integer], local: Floats) -> tuple[Floats, Floats]:
        """Return FITS pixel positions (n,) of directions (n, 3); NaN on the far hemisphere."""
        scale = np.degrees(np.where(local[:, 2] > 0.0, 1.0, np.nan))
        if self._is_tangent is not None:
            scale = scale / np.where(self._is_tangent[grid], local[:, 2], 1.0)
        east, along = scale * local[:, 0], scale * local[:, 1] / self.cdelt2[grid]
        if self._skew is not None:
            east = east - self._skew[grid] * along
        across = east / self.cdelt1[grid]
        if self.sip is not None:
            across, along = self.sip.restore(grid, across, along)
        x, y = self.crpix1[grid] + across, self.crpix2[grid] + along
        for each, image in self._mapped(grid):
            x[each], y[each] = image.to_pixel(local[each])
        return x, y

    def _mapped(self, grid: NDArray[np.integer]) -> Iterator[tuple[NDArray[np.intp], ImageMap]]:
        """Yield the elements of each grid that has a map, and the map."""
        if self.maps is None:
            return
        order = np.argsort(grid, kind="stable")
        numbers, starts = np.unique(grid[order], return_index=True)
        for number, elements in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
            image = self.maps[number]
            if image is not None:
                yield elements, image

    @cached_property
    def pixel_sizes(self) -> tuple[Floats, Floats]:
        """Degrees of a step along each pixel axis at CRPIX, (k,) each."""
        if self._skew is None:
            return np.abs(self.cdelt1), np.abs(self.cdelt2)
        return np.abs(self.cdelt1), np.hypot(self._skew, self.cdelt2)

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


def _of_each(column: NDArray[Any], grid: NDArray[np.integer], like: Any) -> NDArray[Any]:
    """Return the value of each element's grid, shaped to go with ``like`` (n, …) or a number."""
    return np.asarray(column[grid].reshape((-1,) + (1,) * (np.ndim(like) - 1)))


def _some(values: Any, elements: NDArray[np.intp]) -> Any:
    """Return some elements of (n, …), or what stands for all of them."""
    return values[elements] if np.ndim(values) and len(values) > 1 else values
