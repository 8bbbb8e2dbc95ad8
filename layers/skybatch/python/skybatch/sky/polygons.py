"""Polygons on the sky whose sides are great circles, and which images overlap them.

In a gnomonic plane about a polygon's middle great circles are straight lines, so plane geometry there is
exact. Touching counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from skybatch.sky.footprints import Flags, Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.regions import Relation
from skybatch.sky.vectors import Floats, tangents, to_sphere, to_vector


@dataclass(frozen=True, eq=False)
class Polygon:
    """A polygon by the ICRS ``ra``, ``dec`` of its corners (m,); it does not cross itself.

    It lies within a hemisphere about its middle.
    """

    ra: Floats
    dec: Floats
    frame: ImageFrame = ImageFrame.FK5

    def in_frame(self, frame: ImageFrame) -> Self:
        """Return the same polygon with its vectors in a frame of images."""
        return self if frame is self.frame else replace(self, frame=frame)

    @cached_property
    def center(self) -> Floats:
        """The direction of the mean of the corners, a unit vector (3,)."""
        total = self._corners.sum(axis=0)
        length = float(np.linalg.norm(total))
        return np.asarray(total / length if length > 0.0 else self._corners[0])

    @cached_property
    def angular_radius(self) -> float:
        """Degrees from the middle to the farthest corner."""
        return math.degrees(math.acos(min(1.0, max(-1.0, float((self._corners @ self.center).min())))))

    @cached_property
    def _corners(self) -> Floats:
        return self.frame.vectors(self.ra, self.dec)

    def matches(self, images: Footprints, relation: Relation) -> Flags:
        """Return which images (n,) overlap the polygon; no other relation is defined.

        Raises
        ------
        ValueError
            For another relation than ``overlap``.
        """
        if relation != "overlap":
            raise ValueError(f"images and polygons are not related by {relation}")
        if images.frame is not self.frame:
            return self.in_frame(images.frame).matches(images, relation)
        corners = to_vector(*images.corners())
        found = np.all(corners @ self.center > 0.0, axis=1)  # the plane shows the near hemisphere
        near = np.flatnonzero(found)
        found[near] = quadrilaterals_overlap(self._flat(corners[near]), self._flat(self._corners))
        return np.asarray(found)

    def _flat(self, vectors: Floats) -> Floats:
        """Project directions (…, 3) to the gnomonic plane about the middle, (…, 2)."""
        east, north = tangents(*to_sphere(self.center))
        toward = vectors @ self.center
        return np.stack([vectors @ east / toward, vectors @ north / toward], axis=-1)


def quadrilaterals_overlap(quadrilaterals: Floats, corners: Floats) -> Flags:
    """Return which convex quadrilaterals (n, 4, 2) share a point with a polygon (m, 2), in one plane."""
    inside = np.any(_within(quadrilaterals, corners), axis=1)
    covered = _contain(quadrilaterals, corners[0])
    starts, ends = quadrilaterals, np.roll(quadrilaterals, -1, axis=1)
    found: Flags = inside | covered
    for first, second in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        found |= np.any(_cross(starts, ends, first, second), axis=1)
    return found


def _within(points: Floats, corners: Floats) -> Flags:
    """Return which points (…, 2) lie in a polygon (m, 2): an odd number of sides to their right."""
    x, y = points[..., 0], points[..., 1]
    odd = np.zeros(x.shape, bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        spans = (y1 > y) != (y2 > y)
        if y1 != y2:
            odd ^= spans & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd


def _contain(quadrilaterals: Floats, point: Floats) -> Flags:
    """Return which convex quadrilaterals (n, 4, 2) contain a point (2,): one side of all their sides."""
    sides = _side(quadrilaterals, np.roll(quadrilaterals, -1, axis=1), point)
    return np.asarray(np.all(sides >= 0.0, axis=1) | np.all(sides <= 0.0, axis=1))


def _cross(starts: Floats, ends: Floats, first: Floats, second: Floats) -> Flags:
    """Return which segments (n, 4) meet the segment from ``first`` to ``second``; touching counts."""
    side_1, side_2 = _side(first, second, starts), _side(first, second, ends)
    side_3, side_4 = _side(starts, ends, first), _side(starts, ends, second)
    return (side_1 * side_2 <= 0.0) & (side_3 * side_4 <= 0.0)


def _side(a: Floats, b: Floats, c: Floats) -> Floats:
    return (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        c[..., 0] - a[..., 0]
    )
