"""One text as a position or a name, and the character that makes a text neither."""

from __future__ import annotations

import pytest

from skybatch.requests.position_text import parse_position_or_name
from skybatch.sky.coordinates import Location
from skybatch.validation import InvalidValue


@pytest.mark.parametrize(
    "text",
    [
        "204.2538, -29.8654, J2000",
        "204.2538 -29.8654 2000",
        "[204.2538, -29.8654]",
        "(204.2538, -29.8654)",
        "RA=204.2538 Dec=-29.8654",
        "RA: 204.2538 DEC: −29.8654",
        "-155.7462 -29.8654",
        "13ʰ37ᵐ00.912ˢ −29°51′55.44″",
    ],
)
def test_marks_around_coordinates_are_no_part_of_a_name(text: str) -> None:
    place = parse_position_or_name(text)
    assert isinstance(place, Location)
    assert place.lon == pytest.approx(204.2538, abs=1e-5)
    assert place.lat == pytest.approx(-29.8654, abs=1e-5)


@pytest.mark.parametrize("name", ["1H 0323+342", "1H 0030+045", "PSR B1937+21", "HD 209458", "M 83"])
def test_names_that_begin_like_coordinates_are_names(name: str) -> None:
    assert parse_position_or_name(name) == name


def test_a_bare_designation_is_the_position_that_it_writes() -> None:
    place = parse_position_or_name("04215943+1932062")
    assert isinstance(place, Location)
    assert place.lon == pytest.approx(65.497625)
    assert place.lat == pytest.approx(19.535056, abs=1e-6)


def test_beyond_one_turn_is_refused() -> None:
    with pytest.raises(InvalidValue, match="360"):
        parse_position_or_name("400.5 20.25")
