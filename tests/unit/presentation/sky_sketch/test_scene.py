"""Scenes: what must be seen of them, and circles on the sky."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

from skybatch.presentation.sky_sketch.scene import Circle, Mark, MarkKind, Scene, circle_positions


@pytest.mark.parametrize("middle", [(204.25, -29.87), (10.0, 89.9), (0.01, 0.0)])
def test_a_circle_keeps_its_distance_from_its_centre(middle: tuple[float, float]) -> None:
    ra, dec = circle_positions(Circle(*middle, 1.5))
    away = SkyCoord(*middle, unit=u.deg).separation(SkyCoord(ra, dec, unit=u.deg))
    assert away.deg == pytest.approx(np.full(len(ra), 1.5), abs=1e-9)


def test_an_empty_scene_says_so_and_others_name_all_that_must_be_seen() -> None:
    assert Scene("none").is_empty
    mark = Mark(1.0, 2.0, 1, MarkKind.COVERED, "")
    scene = Scene("one", (mark,), region=Circle(1.0, 2.0, 0.5))
    assert not scene.is_empty
    ra, dec = scene.positions()
    assert len(ra) == len(dec) == 1 + 72
