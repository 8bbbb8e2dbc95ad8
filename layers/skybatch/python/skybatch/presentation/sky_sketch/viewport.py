"""Which part of the sky a sketch shows, and where its places lie in the drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skybatch.presentation.sky_sketch.main_part import main_positions
from skybatch.presentation.sky_sketch.projection import GNOMONIC_RADIUS, AllSky, Gnomonic
from skybatch.presentation.sky_sketch.scene import Scene
from skybatch.sky.vectors import Floats, to_sphere, to_vector

WIDTH = 480.0
"""Units across a drawing; a phone shows somewhat less than a pixel for each, a desktop more."""
FIELD_HEIGHT, MAP_HEIGHT = 360.0, 246.0
LEFT, RIGHT, TOP, BOTTOM = 68.0, 8.0, 8.0, 22.0
"""Around the map, for the labels of the grid: "+19.855°" in the letters of a phone."""
_SMALLEST_RADIUS = 0.01  # degrees; a single position without images is shown with so much around it
_ROOM = 1.06  # of what must be seen, so that nothing touches the frame


@dataclass(frozen=True)
class Viewport:
    """A projection, the middle of the map in its plane, and the units of a degree."""

    projection: Gnomonic | AllSky
    x: float
    y: float
    scale: float
    height: float

    @classmethod
    def all_sky(cls) -> Viewport:
        """Return what shows the whole sky."""
        return cls(AllSky(), 0.0, 0.0, (WIDTH - LEFT - RIGHT) / 326.0, MAP_HEIGHT)

    @classmethod
    def around(cls, scene: Scene) -> Viewport:
        """Return what shows most of a scene: a field, or the sky where it does not fit into one."""
        ra, dec = main_positions(scene)
        vectors = to_vector(ra, dec)
        middle = vectors.mean(axis=0)
        length = float(np.linalg.norm(middle))
        if not length > 1e-6 or float((vectors @ middle).min()) / length < np.cos(
            np.radians(GNOMONIC_RADIUS)
        ):
            return cls.all_sky()
        centre_ra, centre_dec = (float(each) for each in to_sphere(middle))
        projection = Gnomonic(centre_ra, centre_dec)
        x, y = projection.plane(ra, dec)
        (west, east), (south, north) = (float(x.max()), float(x.min())), (float(y.min()), float(y.max()))
        across = max(west - east, 2.0 * _SMALLEST_RADIUS) * _ROOM
        along = max(north - south, 2.0 * _SMALLEST_RADIUS) * _ROOM
        scale = min((WIDTH - LEFT - RIGHT) / across, (FIELD_HEIGHT - TOP - BOTTOM) / along)
        return cls(projection, (west + east) / 2.0, (north + south) / 2.0, scale, FIELD_HEIGHT)

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the map in the drawing."""
        return (LEFT + WIDTH - RIGHT) / 2.0, (TOP + self.height - BOTTOM) / 2.0

    def place(self, ra: ArrayLike, dec: ArrayLike) -> tuple[Floats, Floats]:
        """Return where positions lie in the drawing, NaN for those that it does not show."""
        x, y = self.projection.plane(ra, dec)
        across, down = self.middle
        return across + (x - self.x) * self.scale, down - (y - self.y) * self.scale

    def shows(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Tell which places in the drawing lie on the map."""
        across, down = (x >= LEFT) & (x <= WIDTH - RIGHT), (y >= TOP) & (y <= self.height - BOTTOM)
        return np.asarray(across & down)

    def field(self) -> tuple[float, float, float]:
        """Return the ICRS centre of the map, and its width in degrees; 180 for the whole sky."""
        if isinstance(self.projection, AllSky):
            return self.projection.ra, 0.0, 180.0
        ra, dec = self.projection.sky(self.x, self.y)
        return float(ra), float(dec), 2.0 * self.half_sizes()[0]

    def half_sizes(self) -> tuple[float, float]:
        """Return half of width and height of the map in degrees of the plane."""
        across = (WIDTH - LEFT - RIGHT) / 2.0 / self.scale
        return across, (self.height - TOP - BOTTOM) / 2.0 / self.scale
