"""Each row of a position table gives a position or a name; astropy agrees on frames."""

from __future__ import annotations

import pytest
from astropy.coordinates import SkyCoord

from skybatch.errors import InvalidRequest
from skybatch.requests.positions import MOST_BESSELIAN_EQUINOXES, PositionReader
from skybatch.sky.position import SkyPosition
from tests.support.tables.uploaded_tables import header, table_cells


def test_a_row_is_its_two_angles_else_the_first_name_that_is_not_null() -> None:
    cells = table_cells(
        header("ra", "dec", "objname", "name"),
        ("10", "20", "m83", None),
        (None, None, "m83", "m31"),
        (None, None, None, "m31"),
    )
    targets = PositionReader(cells).targets()
    assert [target.position or target.name for target in targets] == [SkyPosition(10.0, 20.0), "m83", "m31"]
    assert [target.label for target in targets] == ["m83", None, None]
    assert [target.columns for target in targets] == [("ra", "dec"), ("objname",), ("name",)]
    assert cells.errors.found == []


@pytest.mark.parametrize(
    ("csys", "equinox", "frame"),
    [("gal", None, "galactic"), ("equ", "B1950", "fk4"), ("equ", "J2000", "fk5"), (None, None, "icrs")],
)
def test_positions_are_icrs_whatever_frame_the_row_names(
    csys: str | None, equinox: str | None, frame: str
) -> None:
    cells = table_cells(header("ra", "dec", "csys", "equinox"), ("120.5", "-30.25", csys, equinox))
    (target,) = PositionReader(cells).targets()
    assert target.position is not None
    expected = SkyCoord(120.5, -30.25, unit="deg", frame=frame).icrs
    found = SkyCoord(target.position.ra, target.position.dec, unit="deg")
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
    cells = table_cells(header("ra", "dec"), row)
    (target,) = PositionReader(cells).targets()
    assert (target.position, target.name) == (None, None)
    assert [error.column for error in cells.errors.found] == columns


def test_an_unknown_frame_is_noted_and_the_row_has_no_position() -> None:
    cells = table_cells(header("ra", "dec", "csys"), ("1", "2", "martian"))
    (target,) = PositionReader(cells).targets()
    assert target.position is None
    assert [error.column for error in cells.errors.found] == ["csys"]


def test_equinoxes_that_cost_much_are_bounded() -> None:
    rows = [("1", "2", f"B{1900 + n / 100:.2f}") for n in range(MOST_BESSELIAN_EQUINOXES + 1)]
    columns = header("ra", "dec", "equinox")
    PositionReader(table_cells(columns, *rows[:3])).targets()
    with pytest.raises(InvalidRequest, match="equinoxes"):
        PositionReader(table_cells(columns, *rows)).targets()


def test_a_declination_between_zero_and_minus_one_keeps_its_sign_in_parts() -> None:
    columns = header("RAh", "RAm", "RAs", "DE-", "DEd", "DEm", "DEs")
    for sign, degrees in (("-", "0"), (None, "-00")):
        (target,) = PositionReader(table_cells(columns, ("1", "0", "0", sign, degrees, "30", "0"))).targets()
        assert target.position == SkyPosition(15.0, -0.5)
