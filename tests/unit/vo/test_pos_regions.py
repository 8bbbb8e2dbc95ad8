"""Regions of POS: right ascensions reach from -360 to 360 degrees, beyond is refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.errors import MalformedRequest
from skybatch.sky.polygons import Polygon
from skybatch.sky.regions import Circle
from skybatch.sky.vectors import to_vector
from skybatch.vo.pos_regions import parse_pos


@pytest.mark.parametrize(("ra", "turned"), [(-155.7462, 204.2538), (-0.0, 0.0), (360.0, 0.0), (-359.5, 0.5)])
def test_a_circle_may_be_about_a_negative_right_ascension(ra: float, turned: float) -> None:
    circle = parse_pos(f"CIRCLE {ra} -29.8654 0.1")
    assert isinstance(circle, Circle)
    assert (circle.ra, circle.dec, circle.radius) == (pytest.approx(turned, abs=1e-9), -29.8654, 0.1)


def test_corners_may_have_negative_right_ascensions() -> None:
    west = parse_pos("POLYGON -1 1 1 1 1 -1 -1 -1")
    same = parse_pos("POLYGON 359 1 1 1 1 -1 359 -1")
    assert isinstance(west, Polygon)
    assert isinstance(same, Polygon)
    assert np.allclose(to_vector(west.ra, west.dec), to_vector(same.ra, same.dec), atol=1e-12)


def test_a_range_may_cross_zero() -> None:
    across = parse_pos("RANGE -1 1 -2 2")
    assert isinstance(across, Polygon)
    assert np.allclose(across.center, to_vector(0.0, 0.0), atol=1e-6)
    assert across.angular_radius == pytest.approx(5**0.5, abs=1e-3)


@pytest.mark.parametrize(
    "text",
    [
        *("CIRCLE -360 0 1", "CIRCLE 360.1 0 1", "CIRCLE 1e9 0 1", "POLYGON 0 0 1 0 361 1"),
        *("RANGE -361 -350 0 1", "RANGE 350 370 0 1", "CIRCLE 0 90.1 1"),
    ],
)
def test_what_lies_beyond_is_refused_by_name(text: str) -> None:
    with pytest.raises(MalformedRequest, match=r"(right ascension|declination) .* must lie between"):
        parse_pos(text)
