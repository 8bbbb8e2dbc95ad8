"""Images whose projection astropy works out, in the image frames that look-ups use (see `Footprints`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skybatch.sky.distortions.astropy_map import AstropyMap
from skybatch.sky.vectors import Floats, to_sphere, to_vector


@dataclass(frozen=True, eq=False)
class ImageMap:
    """The map of one image, and the rotation (3, 3) from the frame of its coordinates to its image frame."""

    wcs: AstropyMap
    rotation: Floats

    def to_direction(self, x: Floats, y: Floats) -> Floats:
        """Return directions (…, 3) of FITS pixel positions (…); NaN where there is no sky."""
        longitude, latitude = self.wcs.to_sky(x, y).T
        directions = to_vector(longitude, latitude) @ self.rotation.T
        return np.asarray(directions.reshape(*np.shape(x), 3))

    def to_pixel(self, local: Floats) -> tuple[Floats, Floats]:
        """Return FITS pixel positions (n,) of directions (n, 3); NaN where they are not shown."""
        return self.wcs.to_pixel(*to_sphere(local @ self.rotation))
