"""Where images lie on the sky, exactly: pixels to positions, positions to pixels, corners, edge distances.

An image is placed by CRVAL, CROTA2 and its pixel grid (FITS standard section 8; Calabretta & Greisen 2002,
section 6.1). Angles are degrees unless a name says otherwise. Vectors are unit vectors on the last axis in
the images' own frame; `skybatch.sky.image_frames` brings ICRS positions there. All sets are closed: touching
counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.vectors import Floats, tangents, to_sphere, wrap

Flags = NDArray[np.bool_]

ARCSEC_PER_DEGREE = 3600.0
_GRID = ("naxis1", "naxis2", "crpix1", "crpix2", "cdelt1", "cdelt2")
_SHAPE = ("skew", "projection")


@dataclass(frozen=True, eq=False)
class Footprints:
    """Images on the sky: reference positions and rotation in degrees, (n,) each, and their pixel grids.

    ``grid`` (n,) holds for each image the number of its grid among ``grids``; ``frame`` is that of all their
    coordinates, whose longitude and latitude are called right ascension and declination here.
    """

    crval1: Floats
    crval2: Floats
    crota2: Floats
    grid: NDArray[np.integer]
    grids: PixelGrids
    frame: ImageFrame = ImageFrame.FK5

    @classmethod
    def from_keywords(
        cls, columns: Mapping[str, NDArray[Any]], frame: ImageFrame = ImageFrame.FK5
    ) -> Footprints:
        """Make them from columns (n,) named for the FITS keywords in lower case, a grid for each image.

        ``skew`` and ``projection``, as `PixelGrids` has them, may be absent.
        """
        skew, projection = (
            np.asarray(columns[name], np.float64) if name in columns else None for name in _SHAPE
        )
        naxis1, naxis2, crpix1, crpix2, cdelt1, cdelt2 = (
            np.asarray(columns[name], dtype=np.float64) for name in _GRID
        )
        grids = PixelGrids(naxis1, naxis2, crpix1, crpix2, cdelt1, cdelt2, skew, projection)
        place = [np.asarray(columns[name], dtype=np.float64) for name in ("crval1", "crval2", "crota2")]
        return cls(place[0], place[1], place[2], np.arange(len(place[0])), grids, frame)

    def take(self, order: NDArray[np.integer]) -> Footprints:
        """Return the images at these places, in this order."""
        crval1, crval2, crota2 = self.crval1[order], self.crval2[order], self.crota2[order]
        return Footprints(crval1, crval2, crota2, self.grid[order], self.grids, self.frame)

    def in_frame(self, frame: ImageFrame) -> Footprints:
        """Return the same images with their places in another frame."""
        if frame is self.frame:
            return self
        matrix = self.frames @ self.frame.rotation_to(frame).T
        longitude, latitude = to_sphere(matrix[:, 2])
        east, _ = tangents(longitude, latitude)
        # Of the frame's axes east' and north', the direction of east is (cos, -sin) of the rotation.
        along = np.einsum("nij,jn->ni", matrix[:, :2], east)
        rotation = np.degrees(np.arctan2(-along[:, 1], along[:, 0]))
        return Footprints(longitude, latitude, rotation, self.grid, self.grids, frame)

    @cached_property
    def frames(self) -> Floats:
        """Rotations (n, 3, 3) into the image frames; the rows are east', north' and the CRVAL direction."""
        sin_a, cos_a, sin_d, cos_d, sin_r, cos_r = self._trigonometry()
        matrix = np.empty((len(sin_a), 3, 3))
        up_x, up_y = -sin_d * cos_a, -sin_d * sin_a
        matrix[:, 0, 0] = up_x * sin_r - sin_a * cos_r
        matrix[:, 0, 1] = up_y * sin_r + cos_a * cos_r
        matrix[:, 0, 2] = cos_d * sin_r
        matrix[:, 1, 0] = up_x * cos_r + sin_a * sin_r
        matrix[:, 1, 1] = up_y * cos_r - cos_a * sin_r
        matrix[:, 1, 2] = cos_d * cos_r
        matrix[:, 2, 0] = cos_d * cos_a
        matrix[:, 2, 1] = cos_d * sin_a
        matrix[:, 2, 2] = sin_d
        return matrix

    def _trigonometry(self) -> tuple[Floats, ...]:
        angles = np.radians([self.crval1, self.crval2, self.crota2])
        sines, cosines = np.sin(angles), np.cos(angles)
        return sines[0], cosines[0], sines[1], cosines[1], sines[2], cosines[2]

    @cached_property
    def cd_matrix(self) -> Floats:
        """CD1_1, CD1_2, CD2_1, CD2_2 in degrees per pixel, (n, 4)."""
        angle = np.radians(self.crota2)
        cos, sin = np.cos(angle), np.sin(angle)
        cdelt1, cdelt2 = self.grids.cdelt1[self.grid], self.grids.cdelt2[self.grid]
        matrix = np.stack([cdelt1 * cos, -cdelt2 * sin, cdelt1 * sin, cdelt2 * cos], axis=1)
        if self.grids.skew is not None:
            skew = self.grids.skew[self.grid]
            matrix[:, 1] += skew * cos
            matrix[:, 3] += skew * sin
        return matrix

    def to_image_frame(self, vectors: Floats) -> Floats:
        """Return directions in the image frames, (n, 3): of one vector (3,), or element-wise of (n, 3)."""
        if vectors.ndim == 1:
            return np.asarray(self.frames @ vectors)
        return np.asarray(np.einsum("nij,nj->ni", self.frames, vectors))

    def to_pixel(self, vectors: Floats) -> tuple[Floats, Floats]:
        """Return FITS pixel positions (x, y), 1-based, of (3,) or (n, 3); NaN on the far hemisphere."""
        return self.grids.to_pixel(self.grid, self.to_image_frame(vectors))

    def to_sky(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return positions in degrees of FITS pixel positions, (n,) or (n, m): m for each image."""
        return self._directions_to_sky(self.grids.to_direction(self.grid, x, y))

    def centers(self) -> tuple[Floats, Floats]:
        """Return positions in degrees, (n,) each, of the middle of the images."""
        naxis1, naxis2 = self.grids.naxis1[self.grid], self.grids.naxis2[self.grid]
        return self.to_sky((naxis1 + 1.0) / 2.0, (naxis2 + 1.0) / 2.0)

    def corners(self) -> tuple[Floats, Floats]:
        """Return positions in degrees, (n, 4) each, of the outer corners: first pixel, then around."""
        return self._directions_to_sky(self.grids.corners[self.grid])

    def _directions_to_sky(self, local: Floats) -> tuple[Floats, Floats]:
        """Turn directions (n, …, 3) in the image frames by CROTA2, then by CRVAL."""
        shape = (-1,) + (1,) * (local.ndim - 2)
        _, _, sin_d, cos_d, sin_r, cos_r = (each.reshape(shape) for each in self._trigonometry())
        l_, m, toward = local[..., 0], local[..., 1], local[..., 2]
        east, north = l_ * cos_r - m * sin_r, l_ * sin_r + m * cos_r
        along, up = toward * cos_d - north * sin_d, toward * sin_d + north * cos_d
        ra = wrap(self.crval1.reshape(shape) + np.degrees(np.arctan2(east, along)))
        return ra, np.degrees(np.arctan2(up, np.hypot(east, along)))

    @property
    def mirrored(self) -> Flags:
        """Which images show east to the right of north, (n,): their corners run the other way round."""
        return np.asarray((self.grids.cdelt1 * self.grids.cdelt2 > 0.0)[self.grid])

    def edge_distance(self, vectors: Floats) -> Floats:
        """Return the least distance to the four edges, arcsec (n,), along the pixel axes; < 0 is outside.

        A point is in the image exactly when its pixel position lies within 0.5 … NAXIS + 0.5 and it is
        on the near hemisphere; a point on the far one is infinitely far outside.
        """
        return self.edge_distance_of_pixels(*self.to_pixel(vectors))

    def edge_distance_of_pixels(self, x: Floats, y: Floats) -> Floats:
        """Return what `edge_distance` does, of FITS pixel positions (n,)."""
        grids, grid = self.grids, self.grid
        width, height = grids.pixel_sizes
        across = np.minimum(x - 0.5, grids.naxis1[grid] + 0.5 - x) * width[grid]
        along = np.minimum(y - 0.5, grids.naxis2[grid] + 0.5 - y) * height[grid]
        distance = np.minimum(across, along) * ARCSEC_PER_DEGREE
        return np.where(np.isnan(distance), -np.inf, distance)
