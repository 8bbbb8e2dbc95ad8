"""The celestial frames that images are placed in, each one rotation away from ICRS.

Positions are asked for in ICRS; look-ups bring them to the frame of the images, once for each frame.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skybatch.sky.fk5 import ICRS_TO_FK5
from skybatch.sky.vectors import Floats, to_sphere, to_vector

# By way of FK5 J2000: its pole at 192.8594812065348, 27.12825118085622 degrees and the zero of longitude at
# position angle 122.9319185680026 are the definition of 1958 (Blaauw et al.) carried over from B1950.
_ICRS_TO_GALACTIC = np.array(
    [
        [-0.05487565771259163, -0.8734370519556159, -0.48383507361671546],
        [0.4941094371927268, -0.4448297212232952, 0.7469821839866676],
        [-0.8676661375596576, -0.19807633727300053, 0.4559838136873016],
    ]
)


class ImageFrame(StrEnum):
    """A frame of image coordinates; the value is the word for it in inventories."""

    FK5 = "FK5"
    """Equator and equinox of J2000."""
    ICRS = "ICRS"
    GALACTIC = "galactic"
    """Longitude and latitude stand where the others have right ascension and declination."""

    @property
    def from_icrs(self) -> NDArray[np.float64]:
        """The rotation (3, 3) that brings ICRS vectors to this frame."""
        return _FROM_ICRS[self]

    def vectors(self, ra: ArrayLike, dec: ArrayLike) -> Floats:
        """Return unit vectors (…, 3) in this frame of ICRS positions in degrees."""
        icrs = to_vector(ra, dec)
        return icrs if self is ImageFrame.ICRS else np.asarray(icrs @ self.from_icrs.T)

    def to_icrs(self, longitude: ArrayLike, latitude: ArrayLike) -> tuple[Floats, Floats]:
        """Return ICRS positions of positions in this frame, all in degrees."""
        if self is ImageFrame.ICRS:
            return np.asarray(longitude, np.float64), np.asarray(latitude, np.float64)
        return to_sphere(to_vector(longitude, latitude) @ self.from_icrs)

    def rotation_to(self, other: ImageFrame) -> NDArray[np.float64]:
        """Return the rotation (3, 3) that brings vectors in this frame to another."""
        return np.asarray(other.from_icrs @ self.from_icrs.T)


_FROM_ICRS = {
    ImageFrame.FK5: ICRS_TO_FK5,
    ImageFrame.ICRS: np.eye(3),
    ImageFrame.GALACTIC: _ICRS_TO_GALACTIC,
}
