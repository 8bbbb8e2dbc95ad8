"""Circles and boxes on the sky, and which images overlap, cover or lie inside them, or hold their centre.

Image edges and box sides are great circles between corners, as the survey's image services define them;
whether a single point is in an image is decided exactly, by its pixel position. Touching counts. Regions are
in ICRS degrees; their vectors are in the frame of the images.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.footprints import Flags, Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.vectors import Floats, tangents

Relation = Literal["overlap", "cover", "enclosed", "center"]


class SkyRegion(Protocol):
    """What look-ups need of a region: a circle about it, and the exact test."""

    def in_frame(self, frame: ImageFrame) -> SkyRegion:
        """Return the same region with its vectors in a frame of images."""
        ...

    @property
    def center(self) -> Floats:
        """The middle, a unit vector (3,)."""
        ...

    @property
    def angular_radius(self) -> float:
        """Degrees from the centre to the farthest point."""
        ...

    def matches(self, images: Footprints, relation: Relation) -> Flags:
        """Return which images (n,) are in this relation to the region."""
        ...


@dataclass(frozen=True)
class Circle:
    """All points within ``radius`` degrees (below 90) of an ICRS position."""

    ra: float
    dec: float
    radius: float
    frame: ImageFrame = ImageFrame.FK5

    def in_frame(self, frame: ImageFrame) -> Self:
        """Return the same circle with its vectors in a frame of images."""
        return self if frame is self.frame else replace(self, frame=frame)

    @cached_property
    def center(self) -> Floats:
        """The centre, a unit vector (3,)."""
        return self.frame.vectors(self.ra, self.dec)

    @property
    def angular_radius(self) -> float:
        """Degrees from the centre to the farthest point."""
        return self.radius

    def matches(self, images: Footprints, relation: Relation) -> Flags:
        """Return which images (n,) overlap the circle, cover it, lie inside it, or contain its centre."""
        if images.frame is not self.frame:
            return self.in_frame(images.frame).matches(images, relation)
        if relation == "center":
            return images.edge_distance(self.center) >= 0.0
        local = images.to_image_frame(self.center)
        if relation == "enclosed":
            # A circle below 90 degrees is convex: with the corners, all of the image is inside.
            return np.asarray(np.max(self._chords(images.grids, images.grid, local), axis=1) <= self._chord)
        # Sines of the signed distances of the centre from the four great circles, inside positive.
        depth = np.einsum("nkj,nj->nk", images.grids.edges[images.grid], local)
        inside = np.min(depth, axis=1)
        sine = math.sin(math.radians(self.radius))
        if relation == "cover":
            return np.asarray(inside >= sine)
        held: Flags = np.asarray(inside >= 0.0)
        # Farther than the radius beyond one great circle is too far for the whole image.
        near = np.flatnonzero(~held & (inside >= -sine))
        if len(near):
            held[near] = self._meets_an_edge(images.grids, images.grid[near], local[near], depth[near])
        return held

    @property
    def _chord(self) -> float:
        return 4.0 * math.sin(math.radians(self.radius) / 2.0) ** 2

    def _chords(self, grids: PixelGrids, grid: NDArray[np.integer], local: Floats) -> Floats:
        """Return squared chords (n, 4) to the corners: unlike cosines, precise at small angles."""
        difference = grids.corners[grid] - local[:, None, :]
        return np.asarray(np.einsum("nkj,nkj->nk", difference, difference))

    def _meets_an_edge(
        self, grids: PixelGrids, grid: NDArray[np.integer], local: Floats, depth: Floats
    ) -> Flags:
        """Return whether an end of an edge lies in the circle, or the foot of the perpendicular on it."""
        corner = np.min(self._chords(grids, grid, local), axis=1) <= self._chord
        toward_stop, toward_start = grids.edge_ends
        between = np.einsum("nkj,nj->nk", toward_stop[grid], local) >= 0.0
        between &= np.einsum("nkj,nj->nk", toward_start[grid], local) >= 0.0
        close = np.abs(depth) <= math.sin(math.radians(self.radius))
        return np.asarray(corner | np.any(between & close, axis=1))


@dataclass(frozen=True)
class Box:
    """A box ``width`` along ICRS east and ``height`` along north, degrees, in a TAN plane about a position.

    Its sides are great circles; zero widths are allowed (a line, a point).
    """

    ra: float
    dec: float
    width: float
    height: float
    frame: ImageFrame = ImageFrame.FK5

    def in_frame(self, frame: ImageFrame) -> Self:
        """Return the same box with its vectors in a frame of images."""
        return self if frame is self.frame else replace(self, frame=frame)

    @cached_property
    def center(self) -> Floats:
        """The centre, a unit vector (3,)."""
        return self.frame.vectors(self.ra, self.dec)

    @property
    def angular_radius(self) -> float:
        """Degrees from the centre to a corner."""
        return float(np.degrees(np.arctan(np.radians(np.hypot(self.width, self.height) / 2.0))))

    @cached_property
    def _axes(self) -> tuple[Floats, Floats]:
        """ICRS east and north at the centre, unit vectors (3,) in the frame of the images."""
        east, north = tangents(self.ra, self.dec)
        return self.frame.from_icrs @ east, self.frame.from_icrs @ north

    @cached_property
    def _half_sizes(self) -> tuple[float, float]:
        """Half the width and height in the plane, radians."""
        return math.radians(self.width / 2.0), math.radians(self.height / 2.0)

    @cached_property
    def corners(self) -> Floats:
        """The corner directions (4, 3), not normalised."""
        (east, north), (half_w, half_h) = self._axes, self._half_sizes
        signs = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
        return np.asarray(self.center + signs @ np.stack([half_w * east, half_h * north]))

    @cached_property
    def edges(self) -> Floats:
        """Inward normals (4, 3) of the sides; well defined at width zero, too."""
        (east, north), (half_w, half_h) = self._axes, self._half_sizes
        center = self.center
        return np.stack(
            [half_w * center - east, half_w * center + east, half_h * center - north, half_h * center + north]
        )

    def matches(self, images: Footprints, relation: Relation) -> Flags:
        """Return which images (n,) overlap the box, cover it, lie inside it, or contain its centre."""
        if images.frame is not self.frame:
            return self.in_frame(images.frame).matches(images, relation)
        if relation == "center" or (self.width == 0.0 and self.height == 0.0 and relation != "enclosed"):
            return images.edge_distance(self.center) >= 0.0
        if relation == "cover":
            return np.asarray(np.all(self._corners_within(images) >= 0.0, axis=(1, 2)))
        image_corners = self._image_corners_within(images)
        if relation == "enclosed":
            return np.asarray(np.all(image_corners >= 0.0, axis=(1, 2)))
        return ~(_separated(self._corners_within(images)) | _separated(image_corners))

    def _corners_within(self, images: Footprints) -> Floats:
        """Return (n, 4 image edges, 4 box corners): positive on the image's side."""
        local = np.einsum("nij,cj->nci", images.frames, self.corners)
        return np.asarray(np.einsum("nej,ncj->nec", images.grids.edges[images.grid], local))

    def _image_corners_within(self, images: Footprints) -> Floats:
        """Return (n, 4 box edges, 4 image corners): positive on the box's side."""
        normals = np.einsum("nij,ej->nei", images.frames, self.edges)
        return np.asarray(np.einsum("nej,ncj->nec", normals, images.grids.corners[images.grid]))


def _separated(sides: Floats) -> Flags:
    """Return whether some edge has all corners of the other figure beyond it: so convex ones are apart."""
    return np.asarray(np.any(np.all(sides < 0.0, axis=2), axis=1))
