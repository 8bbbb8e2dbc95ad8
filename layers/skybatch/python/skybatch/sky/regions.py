"""Circles and boxes on the sky, and which images overlap, cover or lie inside them, or hold their centre.

Image edges and box sides are great circles between corners, as the survey's image services define them;
whether a single point is in an image is told exactly, by its pixel coordinates. Touching counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.footprints import ICRS_TO_FK5, Flags, Floats, Footprints, Shapes, fk5_vector

Relation = Literal["overlap", "cover", "enclosed", "center"]


@dataclass(frozen=True, eq=False)
class Circle:
    """All points within ``radius`` degrees (below 90) of ``center``, a unit vector (3,)."""

    center: Floats
    radius: float

    @property
    def reach(self) -> float:
        """Degrees from the centre to the farthest point."""
        return self.radius

    def holds(self, images: Footprints, relation: Relation) -> Flags:
        """Which images (n,) overlap the circle, cover all of it, lie inside it, or contain its centre."""
        if relation == "center":
            return images.edge_distance(self.center) >= 0.0
        local = images.seen(self.center)
        if relation == "enclosed":
            # A circle below 90 degrees is convex: with the corners, all of the image is inside.
            return np.asarray(np.max(self._chords(images.shapes, images.shape, local), axis=1) <= self._chord)
        # Sines of the signed distances of the centre from the four great circles, inside positive.
        depth = np.einsum("nkj,nj->nk", images.shapes.edges[images.shape], local)
        inside = np.min(depth, axis=1)
        sine = math.sin(math.radians(self.radius))
        if relation == "cover":
            return np.asarray(inside >= sine)
        held: Flags = np.asarray(inside >= 0.0)
        # Farther than the radius beyond one great circle is beyond reach of the whole image.
        near = np.flatnonzero(~held & (inside >= -sine))
        if len(near):
            held[near] = self._meets_an_edge(images.shapes, images.shape[near], local[near], depth[near])
        return held

    @property
    def _chord(self) -> float:
        return 4.0 * math.sin(math.radians(self.radius) / 2.0) ** 2

    def _chords(self, shapes: Shapes, code: NDArray[np.integer], local: Floats) -> Floats:
        """Squared chords (n, 4) to the corners; unlike cosines they keep their digits at small angles."""
        difference = shapes.corners[code] - local[:, None, :]
        return np.asarray(np.einsum("nkj,nkj->nk", difference, difference))

    def _meets_an_edge(
        self, shapes: Shapes, code: NDArray[np.integer], local: Floats, depth: Floats
    ) -> Flags:
        """An end of an edge in the circle, or the foot of the perpendicular on it."""
        corner = np.min(self._chords(shapes, code, local), axis=1) <= self._chord
        toward_stop, toward_start = shapes.along
        between = np.einsum("nkj,nj->nk", toward_stop[code], local) >= 0.0
        between &= np.einsum("nkj,nj->nk", toward_start[code], local) >= 0.0
        close = np.abs(depth) <= math.sin(math.radians(self.radius))
        return np.asarray(corner | np.any(between & close, axis=1))


@dataclass(frozen=True, eq=False)
class Box:
    """A box ``width`` along east and ``height`` along north, degrees, in a TAN plane about ``center``.

    Its sides are great circles; zero widths are allowed (a line, a point). ``center`` is a unit vector
    (3,); ``east`` and ``north`` are those of the frame in which the box was asked, (3,) each.
    """

    center: Floats
    east: Floats
    north: Floats
    width: float
    height: float

    @property
    def reach(self) -> float:
        """Degrees from the centre to a corner."""
        return float(np.degrees(np.arctan(np.radians(np.hypot(self.width, self.height) / 2.0))))

    @cached_property
    def corners(self) -> Floats:
        """The corner directions (4, 3), not normalised."""
        half_w, half_h = np.radians([self.width / 2.0, self.height / 2.0])
        signs = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
        return np.asarray(self.center + signs @ np.stack([half_w * self.east, half_h * self.north]))

    @cached_property
    def edges(self) -> Floats:
        """Inward normals (4, 3) of the sides; well defined at width zero, too."""
        half_w, half_h = np.radians([self.width / 2.0, self.height / 2.0])
        return np.stack(
            [
                half_w * self.center - self.east,
                half_w * self.center + self.east,
                half_h * self.center - self.north,
                half_h * self.center + self.north,
            ]
        )

    def holds(self, images: Footprints, relation: Relation) -> Flags:
        """Which images (n,) overlap the box, cover all of it, lie inside it, or contain its centre."""
        if relation == "center" or (self.width == 0.0 and self.height == 0.0 and relation != "enclosed"):
            return images.edge_distance(self.center) >= 0.0
        if relation == "cover":
            return np.asarray(np.all(self._corners_within(images) >= 0.0, axis=(1, 2)))
        image_corners = self._image_corners_within(images)
        if relation == "enclosed":
            return np.asarray(np.all(image_corners >= 0.0, axis=(1, 2)))
        return ~(_separated(self._corners_within(images)) | _separated(image_corners))

    def _corners_within(self, images: Footprints) -> Floats:
        """(n, 4 image edges, 4 box corners): positive on the image's side."""
        local = np.einsum("nij,cj->nci", images.frames, self.corners)
        return np.asarray(np.einsum("nej,ncj->nec", images.shapes.edges[images.shape], local))

    def _image_corners_within(self, images: Footprints) -> Floats:
        """(n, 4 box edges, 4 image corners): positive on the box's side."""
        normals = np.einsum("nij,ej->nei", images.frames, self.edges)
        return np.asarray(np.einsum("nej,ncj->nec", normals, images.shapes.corners[images.shape]))


def _separated(sides: Floats) -> Flags:
    """One edge with all the other's corners beyond it: for convex figures the proof of being apart."""
    return np.asarray(np.any(np.all(sides < 0.0, axis=2), axis=1))


def circle(ra: float, dec: float, diameter: float) -> Circle:
    """The circle of ``diameter`` degrees about an ICRS position in degrees."""
    return Circle(fk5_vector(ra, dec), diameter / 2.0)


def box(ra: float, dec: float, width: float, height: float) -> Box:
    """The TAN box about an ICRS position, sides along ICRS east and north; all in degrees."""
    alpha, delta = np.radians([ra, dec])
    east = np.array([-np.sin(alpha), np.cos(alpha), 0.0])
    north = np.array([-np.sin(delta) * np.cos(alpha), -np.sin(delta) * np.sin(alpha), np.cos(delta)])
    return Box(fk5_vector(ra, dec), ICRS_TO_FK5 @ east, ICRS_TO_FK5 @ north, width, height)
