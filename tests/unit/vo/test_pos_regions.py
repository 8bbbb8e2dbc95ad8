"""The regions of POS as SIA 2.0 and SODA write them, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.errors import MalformedRequest
from skybatch.sky.polygons import Polygon
from skybatch.sky.regions import Circle
from skybatch.sky.vectors import to_vector
from skybatch.vo.pos_regions import parse_circle, parse_polygon, parse_pos, parse_range, steps_of_region


def test_a_range_about_a_pole_is_a_cap() -> None:
    assert parse_pos("RANGE 0 360 88 +Inf") == Circle(0.0, 90.0, 2.0)
    assert parse_pos("RANGE -Inf +Inf -90 -89") == Circle(0.0, -90.0, 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "", "CIRCLE", "CIRCLE 1 2", "CIRCLE 1 2 -1", "CIRCLE 1 2 70", "CIRCLE a b c", "RANGE 1 2 3",
        "SQUARE 1 2 3", "RANGE 2 1 0 1", "RANGE 0 200 0 1", "RANGE 0 360 -5 5", "POLYGON 1 2 3 4",
        "POLYGON 1 2 3 4 5", "POLYGON 0 0 120 0 240 0", "POLYGON 1 2 3 4 5 99", "CIRCLE 1 2 nan",
    ],
)  # fmt: skip
def test_what_is_no_region_is_refused(text: str) -> None:
    with pytest.raises(MalformedRequest):
        parse_pos(text)


def test_shapes_are_named_in_any_case_and_numbers_parted_by_blanks_or_commas() -> None:
    expected = Circle(10.5, -20.0, 0.25)
    assert parse_pos("circle 10.5 -20 0.25") == expected
    assert parse_pos("CIRCLE 10.5,-20,0.25") == expected
    assert parse_circle("370e0 0 1".replace("370e0", "360")) == Circle(0.0, 0.0, 1.0)


def test_a_polygon_keeps_its_corners_in_order() -> None:
    polygon = parse_polygon("10 20 11 20 10.5 21")
    assert polygon.ra.tolist() == [10.0, 11.0, 10.5]
    assert polygon.dec.tolist() == [20.0, 20.0, 21.0]


def test_a_range_follows_its_parallels_by_short_chords() -> None:
    region = parse_range("10 14 60 62")
    assert isinstance(region, Polygon)
    assert np.diff(region.ra[region.dec == 60.0]).max() <= 0.25
    assert sorted(set(region.dec.tolist())) == [60.0, 62.0]
    assert (region.ra.min(), region.ra.max()) == (10.0, 14.0)


def test_the_error_names_the_parameter() -> None:
    with pytest.raises(MalformedRequest) as refusal:
        parse_circle("1 2", "CIRCLE")
    assert [error.column for error in refusal.value.errors or ()] == ["CIRCLE"]


@pytest.mark.parametrize(("ra", "turned"), [(-155.7462, 204.2538), (-0.0, 0.0), (360.0, 0.0), (-359.5, 0.5)])
def test_a_circle_may_be_about_a_negative_right_ascension(ra: float, turned: float) -> None:
    circle = parse_pos(f"CIRCLE {ra} -29.8654 0.1")
    assert isinstance(circle, Circle)
    assert circle.ra == pytest.approx(turned, abs=1e-9)
    assert (circle.dec, circle.radius) == (-29.8654, 0.1)


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


def test_a_region_takes_work_by_its_area_and_by_its_corners() -> None:
    corners = "POLYGON 10 10 60 10 60 60"
    texts = ["CIRCLE 10 10 1", "CIRCLE 10 10 60", corners, f"{corners} 20 60"]
    point, circle, triangle, quadrilateral = (steps_of_region(parse_pos(text), 1_000_000) for text in texts)
    assert 0 < point < circle
    assert 0 < triangle < quadrilateral
    assert steps_of_region(parse_pos(texts[1]), 2_000_000) > 1.9 * circle
