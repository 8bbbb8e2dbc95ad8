"""Notices on positions: what was not used, what was used instead, and what may have been meant otherwise."""

from __future__ import annotations

import pytest

from skybatch.requests.model import Mode, RowDefaults
from skybatch.requests.table_rows import read_rows
from skybatch.tables.readers.model import Bounds


def notices(table: str) -> str:
    found = read_rows(table.encode(), Mode.POSITIONS, RowDefaults(("j",)), Bounds(100, 100, 1_000_000))
    assert found.errors == ()
    return "\n".join(found.notices)


def test_a_second_pair_of_coordinates_is_named_as_not_used() -> None:
    said = notices("ra,dec,glon,glat\n101,2,176,-20\n")
    assert "glon" in said
    assert "glat" in said
    assert "not used" in said


def test_a_second_pair_that_fills_a_row_is_named_as_used() -> None:
    said = notices("ra,dec,ra_2,dec_2\n101,2,101,2\n,,103,4\n")
    assert "ra_2 and dec_2 were used for 1 row" in said


@pytest.mark.parametrize("columns", ["pmra,pmdec", "pmRA,pmDE"])
def test_proper_motion_is_said_not_to_be_applied(columns: str) -> None:
    assert "Proper motion" in notices(f"ra,dec,{columns}\n101,2,3,4\n")
    assert "Proper motion" not in notices("ra,dec\n101,2\n")


def test_several_right_ascensions_below_24_may_be_hours() -> None:
    assert "hours" in notices("ra,dec\n13.6,-29.8\n4.3,19.5\n")
    assert "hours" not in notices("ra,dec\n13.6,-29.8\n")
    assert "hours" not in notices("ra [deg],dec\n13.6,-29.8\n4.3,19.5\n")
    assert "hours" not in notices("ra,dec\n13.6,-29.8\n204.3,19.5\n")
