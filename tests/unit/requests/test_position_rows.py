"""Each row of a position table gives a position or a name; astropy agrees on frames."""

from __future__ import annotations

import pytest
from astropy.coordinates import SkyCoord

from skybatch.errors import InvalidRequest
from skybatch.requests.position_rows import parse_position_or_name, position_columns, positions_or_names
from skybatch.sky.coordinates import Location
from skybatch.sky.position import SkyPosition
from skybatch.validation import InvalidValue
from tests.support.uploaded_tables import cell_parser


def test_a_row_is_its_two_angles_else_the_first_name_that_is_not_null() -> None:
    cells = cell_parser(
        ("ra", "dec", "objname", "name"),
        ("10", "20", "m83", None),
        (None, None, "m83", "m31"),
        (None, None, None, "m31"),
    )
    assert positions_or_names(cells) == [SkyPosition(10.0, 20.0), "m83", "m31"]
    assert cells.errors.found == []


def test_the_exact_pair_wins_over_the_others() -> None:
    cells = cell_parser(("raj2000", "dej2000", "ra", "dec"), ("1", "2", "10", "20"))
    assert position_columns(cells) == (("ra", "dec"), [])
    assert positions_or_names(cells) == [SkyPosition(10.0, 20.0)]


@pytest.mark.parametrize(
    ("names", "missing"), [(("ra", "id"), "dec"), (("dec", "id"), "ra"), (("id", "size"), "ra")]
)
def test_a_table_without_positions_or_names_says_what_is_missing(
    names: tuple[str, ...], missing: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        positions_or_names(cell_parser(names, ("1", "2")))
    assert caught.value.errors[0].column == missing


@pytest.mark.parametrize(
    ("csys", "equinox", "frame"),
    [("gal", None, "galactic"), ("equ", "B1950", "fk4"), ("equ", "J2000", "fk5"), (None, None, "icrs")],
)
def test_positions_are_icrs_whatever_frame_the_row_names(
    csys: str | None, equinox: str | None, frame: str
) -> None:
    cells = cell_parser(("ra", "dec", "csys", "equinox"), ("120.5", "-30.25", csys, equinox))
    (position,) = positions_or_names(cells)
    assert isinstance(position, SkyPosition)
    expected = SkyCoord(120.5, -30.25, unit="deg", frame=frame).icrs
    found = SkyCoord(position.ra, position.dec, unit="deg")
    assert found.separation(expected).arcsec < 1e-3


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (("x", "20"), ["ra"]),
        (("10", "95"), ["dec"]),
        (("400", "x"), ["ra", "dec"]),
        (("10", None), ["dec"]),
        ((None, "20"), ["ra"]),
    ],
)
def test_each_invalid_angle_of_a_row_is_noted(row: tuple[str | None, str | None], columns: list[str]) -> None:
    cells = cell_parser(("ra", "dec"), row)
    assert positions_or_names(cells) == [None]
    assert [error.column for error in cells.errors.found] == columns


def test_an_unknown_frame_is_noted_and_the_row_has_no_position() -> None:
    cells = cell_parser(("ra", "dec", "csys"), ("1", "2", "martian"))
    assert positions_or_names(cells) == [None]
    assert [error.column for error in cells.errors.found] == ["csys"]


def test_a_whole_coordinate_is_a_location_and_any_other_text_a_name() -> None:
    assert isinstance(parse_position_or_name("10:00:00 +20:00:00"), Location)
    assert parse_position_or_name("NGC  7479") == "NGC 7479"
    with pytest.raises(InvalidValue):
        parse_position_or_name("10 95")
