"""Angles in every notation against astropy; angles that break a rule are refused only when used."""

from __future__ import annotations

import pytest
from astropy import units
from astropy.coordinates import Angle as AstropyAngle

from skybatch.sky.angles import Angle, normalized, parse_angle, sexagesimal
from skybatch.validation import InvalidValue

HOURS, DEGREES = units.hourangle, units.deg


@pytest.mark.parametrize(
    ("text", "theirs", "unit"),
    [
        ("-27.98", "-27.98", DEGREES), ("1.5e1", "15", DEGREES), ("17h44m34s", "17h44m34s", HOURS),
        ("41°16′08″", "41d16m08s", DEGREES), ("17h", "17h", HOURS),
        ("-27d59.2m", "-27d59.2m", DEGREES),
        ("00:42:44.3", "0d42m44.3s", DEGREES), ("00 42 44.3", "0d42m44.3s", DEGREES),
        ("-0:00:01", "-0d0m1s", DEGREES),
        ("17h44", "17h44m", HOURS), ("17h44m34", "17h44m34s", HOURS),
        ("10 deg 30 arcmin", "10d30m", DEGREES), ("−5", "-5", DEGREES), ("10:60", "11d", DEGREES),
    ],
)  # fmt: skip
def test_an_angle_is_astropys(text: str, theirs: str, unit: units.Unit) -> None:
    angle = parse_angle(normalized(text))
    assert angle is not None
    expected = AstropyAngle(theirs, unit=unit)
    assert angle.value == pytest.approx(expected.to_value(unit), abs=1e-12)
    assert angle.hours == (unit is HOURS)


@pytest.mark.parametrize("text", ["", "m83", "1 2 3 4", "1..5", "12h34d", "e5", "+-3", "5x"])
def test_what_is_no_angle_is_none(text: str) -> None:
    assert parse_angle(text) is None


def test_six_digits_are_compact_only_on_demand() -> None:
    assert parse_angle("004244.3") == Angle(4244.3)
    compact = parse_angle("004244.3", compact=True)
    assert compact is not None
    assert compact.value == pytest.approx(42 / 60 + 44.3 / 3600)


def test_bare_sexagesimal_longitudes_are_hours_where_the_frame_says_so() -> None:
    angle = parse_angle("12:00:00")
    assert angle is not None
    assert angle.longitude(bare_hours=True) == 180.0
    assert angle.longitude(bare_hours=False) == 12.0
    marked = parse_angle("12d00m00s")
    assert marked is not None
    assert marked.longitude(bare_hours=True) == 12.0
    assert Angle(360.0).longitude(bare_hours=False) == 0.0


@pytest.mark.parametrize("text", ["10:61", "10.5d30m", "10:00:61"])
def test_a_broken_rule_shows_only_when_the_angle_is_used(text: str) -> None:
    angle = parse_angle(text)
    assert angle is not None
    with pytest.raises(InvalidValue):
        angle.latitude()


@pytest.mark.parametrize("angle", [Angle(90.1), Angle(-91.0), Angle(5.0, hours=True)])
def test_latitudes_end_at_the_poles_and_are_degrees(angle: Angle) -> None:
    with pytest.raises(InvalidValue):
        angle.latitude()


@pytest.mark.parametrize("value", [-360.0, 360.1, -1e9])
def test_longitudes_lie_within_one_turn_either_way(value: float) -> None:
    with pytest.raises(InvalidValue):
        Angle(value).longitude(bare_hours=False)


def test_a_fraction_of_zero_before_the_last_part_is_allowed() -> None:
    assert sexagesimal("-", "10.0", "30", None) == -10.5
