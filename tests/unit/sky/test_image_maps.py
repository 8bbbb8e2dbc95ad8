"""Maps of images in their image frames."""

from __future__ import annotations

import numpy as np

from skybatch.sky.distortions.astropy_map import AstropyMap
from skybatch.sky.image_maps import ImageMap

MAP = AstropyMap("CAR", (10.0, 20.0), (30.0, 0.0), (-0.1, 0.0, 0.0, 0.1))


def test_directions_are_turned_and_return() -> None:
    turn = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    image = ImageMap(MAP, turn)
    directions = image.to_direction(np.array([[10.0, 15.0]]), np.array([[20.0, 7.0]]))
    assert directions.shape == (1, 2, 3)
    assert np.allclose(directions[0, 0], [0.5, 0.0, np.sqrt(0.75)])
    assert np.allclose(np.stack(image.to_pixel(directions[0]), axis=-1), [[10.0, 20.0], [15.0, 7.0]])
