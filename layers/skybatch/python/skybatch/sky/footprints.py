"""Where images lie on the sky, exactly: the SIN projection and its footprints, with numpy alone.

An image is placed by CRVAL, CROTA2, CDELT, CRPIX and NAXIS (FITS standard section 8; SIN as in Calabretta
& Greisen 2002, section 5.1.5). Everything here happens in the *image frame*: the unit vectors east' and
north' of CRVAL turned by CROTA2, and the direction of CRVAL itself. There the corners of an image and the
great circles through them depend on its shape only, and a survey has few shapes.

Angles are degrees unless a name says otherwise. Vectors are unit vectors on the last axis, in the images'
frame, FK5 J2000; `icrs_to_fk5` brings positions there. All sets are closed: touching counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ARCSEC_PER_DEGREE = 3600.0

# The frame bias between ICRS and FK5 J2000 (USNO Circular 179, section 3.5):
# R1(19.9 mas) R2(9.1 mas) R3(-22.9 mas). About 0.02 arcsec, enough to flip a half-pixel rounding.
ICRS_TO_FK5 = np.array(
    [
        [0.9999999999999928, -1.110223329740834e-07, -4.411804498096776e-08],
        [1.1102233723050031e-07, 0.9999999999999891, 9.64779225407974e-08],
        [4.411803426976324e-08, -9.647792743888517e-08, 0.9999999999999943],
    ]
)


def to_vector(ra: ArrayLike, dec: ArrayLike) -> Floats:
    """Unit vectors (…, 3) of spherical positions in degrees."""
    alpha, delta = np.radians(ra), np.radians(dec)
    cos_delta = np.cos(delta)
    return np.stack([cos_delta * np.cos(alpha), cos_delta * np.sin(alpha), np.sin(delta)], axis=-1)


def to_sphere(vector: Floats) -> tuple[Floats, Floats]:
    """Longitude in [0, 360) and latitude, degrees, of vectors (…, 3) of any length."""
    x, y, z = vector[..., 0], vector[..., 1], vector[..., 2]
    longitude = np.degrees(np.arctan2(y, x)) % 360.0
    # A tiny negative angle comes out of the remainder as 360 itself.
    longitude = np.where(longitude >= 360.0, 0.0, longitude)
    return longitude, np.degrees(np.arctan2(z, np.hypot(x, y)))


def position_of(vector: Floats) -> tuple[float, float]:
    """`to_sphere` of a single vector (3,), by plain arithmetic: ten times faster than arrays of one."""
    x, y, z = vector.tolist()
    return math.degrees(math.atan2(y, x)) % 360.0, math.degrees(math.atan2(z, math.hypot(x, y)))


def fk5_vector(ra: ArrayLike, dec: ArrayLike) -> Floats:
    """FK5 J2000 unit vectors (…, 3) of ICRS positions in degrees."""
    return np.asarray(to_vector(ra, dec) @ ICRS_TO_FK5.T)


def icrs_to_fk5(ra: ArrayLike, dec: ArrayLike) -> tuple[Floats, Floats]:
    """FK5 J2000 positions of ICRS positions, degrees."""
    return to_sphere(fk5_vector(ra, dec))


def fk5_to_icrs(ra: ArrayLike, dec: ArrayLike) -> tuple[Floats, Floats]:
    """ICRS positions of FK5 J2000 positions, degrees."""
    return to_sphere(to_vector(ra, dec) @ ICRS_TO_FK5)


@dataclass(frozen=True, eq=False)
class Shapes:
    """The distinct pixel grids of a survey, (k,) arrays; images point into them by shape number."""

    naxis1: Floats
    naxis2: Floats
    crpix1: Floats
    crpix2: Floats
    cdelt1: Floats
    cdelt2: Floats

    @classmethod
    def of(cls, table: Floats) -> Shapes:
        """From a (k, 6) table with the fields as columns."""
        return cls(*np.ascontiguousarray(np.asarray(table, dtype=np.float64).T))

    @cached_property
    def corners(self) -> Floats:
        """Outer corners of the corner pixels, (k, 4, 3) in the image frame, in pixel order around."""
        right, top = self.naxis1 + 0.5, self.naxis2 + 0.5
        half = np.full_like(right, 0.5)
        x = np.stack([half, right, right, half], axis=-1)
        y = np.stack([half, half, top, top], axis=-1)
        return self._from_pixel(x, y)

    def _from_pixel(self, x: Floats, y: Floats) -> Floats:
        l_ = np.radians((x - self.crpix1[:, None]) * self.cdelt1[:, None])
        m = np.radians((y - self.crpix2[:, None]) * self.cdelt2[:, None])
        return np.stack([l_, m, np.sqrt(1.0 - l_**2 - m**2)], axis=-1)

    @cached_property
    def edges(self) -> Floats:
        """Unit normals (k, 4, 3) of the great circles through neighbouring corners, pointing inward."""
        normals = np.cross(self.corners, np.roll(self.corners, -1, axis=1))
        # The corners run clockwise on the sky where CDELT1 < 0 < CDELT2.
        normals *= np.sign(self.cdelt1 * self.cdelt2)[:, None, None]
        return np.asarray(normals / np.linalg.norm(normals, axis=-1, keepdims=True))

    @cached_property
    def along(self) -> tuple[Floats, Floats]:
        """For each edge the normals of the planes across its two ends: a point between both faces it."""
        start, stop = self.corners, np.roll(self.corners, -1, axis=1)
        toward_stop = stop - np.sum(start * stop, axis=-1, keepdims=True) * start
        toward_start = start - np.sum(start * stop, axis=-1, keepdims=True) * stop
        return toward_stop, toward_start

    @cached_property
    def reach(self) -> float:
        """The largest angle, degrees, between a reference position CRVAL and a corner of its image."""
        return float(np.degrees(np.arccos(np.min(self.corners[..., 2]))))


@dataclass(frozen=True, eq=False)
class Footprints:
    """Images on the sky: reference positions and rotation in degrees, (n,) each, and their shapes.

    ``shape`` (n,) points into ``shapes``.
    """

    crval1: Floats
    crval2: Floats
    crota2: Floats
    shape: NDArray[np.integer]
    shapes: Shapes

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

    def seen(self, vectors: Floats) -> Floats:
        """Directions in the image frames, (n, 3): of one vector (3,), or element-wise of (n, 3)."""
        if vectors.ndim == 1:
            return np.asarray(self.frames @ vectors)
        return np.asarray(np.einsum("nij,nj->ni", self.frames, vectors))

    def to_pixel(self, vectors: Floats) -> tuple[Floats, Floats]:
        """FITS pixel coordinates (x, y), 1-based, of (3,) or (n, 3); NaN on the far hemisphere."""
        local = self.seen(vectors)
        scale = np.degrees(np.where(local[:, 2] > 0.0, 1.0, np.nan))
        x = self.shapes.crpix1[self.shape] + scale * local[:, 0] / self.shapes.cdelt1[self.shape]
        y = self.shapes.crpix2[self.shape] + scale * local[:, 1] / self.shapes.cdelt2[self.shape]
        return x, y

    def to_sky(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """FK5 positions in degrees of one FITS pixel position an image, (n,) each."""
        shapes, code = self.shapes, self.shape
        l_ = np.radians((np.asarray(x) - shapes.crpix1[code]) * shapes.cdelt1[code])
        m = np.radians((np.asarray(y) - shapes.crpix2[code]) * shapes.cdelt2[code])
        local = np.stack([l_, m, np.sqrt(1.0 - l_**2 - m**2)], axis=-1)
        return to_sphere(np.einsum("nij,ni->nj", self.frames, local))

    def corners(self) -> tuple[Floats, Floats]:
        """FK5 positions in degrees, (n, 4) each, of the outer corners: first pixel, then around."""
        local = self.shapes.corners[self.shape]
        return to_sphere(np.einsum("nij,nki->nkj", self.frames, local))

    def edge_distance(self, vectors: Floats) -> Floats:
        """Least distance to the four edges, arcsec (n,), measured along the pixel axes; < 0 is outside.

        A point is in the image exactly when its pixel coordinates lie within 0.5 … NAXIS + 0.5 and it is
        on the near hemisphere; a point on the far one is infinitely far outside.
        """
        x, y = self.to_pixel(vectors)
        shapes, code = self.shapes, self.shape
        across = np.minimum(x - 0.5, shapes.naxis1[code] + 0.5 - x) * np.abs(shapes.cdelt1[code])
        along = np.minimum(y - 0.5, shapes.naxis2[code] + 0.5 - y) * np.abs(shapes.cdelt2[code])
        distance = np.minimum(across, along) * ARCSEC_PER_DEGREE
        return np.where(np.isnan(distance), -np.inf, distance)
