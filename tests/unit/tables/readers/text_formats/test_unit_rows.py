"""Rulers and rows of units or types are told from data."""

from __future__ import annotations

import pytest

from skybatch.tables.readers.model import Column, Header
from skybatch.tables.readers.text_formats.unit_rows import (
    is_drawn_line,
    is_ruler,
    is_unit_row,
    stands_above_ruler,
    with_units,
)

HEADER = Header("CSV table", (Column("ra"), Column("dec")))


@pytest.mark.parametrize(
    ("cells", "ruler"),
    [
        (["---", "---"], True),
        (["---", "-"], True),
        ([":---", "---:"], True),
        (["====", "=="], True),
        (["--", "--"], False),
        (["-", ""], False),
        (["---", "1"], False),
        (["", ""], False),
        (["+++", "+"], False),
    ],
)
def test_a_ruler_has_three_dashes_in_a_cell(cells: list[str], ruler: bool) -> None:
    assert is_ruler(cells) is ruler


@pytest.mark.parametrize(
    ("cells", "units"),
    [
        (["deg", "deg"], True),
        (["deg", ""], True),
        (["---", "mag"], True),
        (["char", "double"], True),
        (['"h:m:s"', '"d:m:s"'], True),
        (["deg", "1"], False),
        (["deg", "double"], False),
        (["", ""], False),
        (["---", "---"], False),
        (["--", "null"], False),
        (["deg"], False),
    ],
)
def test_a_row_of_units_holds_nothing_else(cells: list[str], units: bool) -> None:
    assert is_unit_row(cells) is units


def test_a_long_line_alone_in_a_row_of_several_columns_is_drawn() -> None:
    assert is_drawn_line(["=" * 10], 2)
    assert not is_drawn_line(["=" * 9], 2)
    assert not is_drawn_line(["=" * 10], 1)
    assert not is_drawn_line(["=" * 10, ""], 2)
    assert is_drawn_line(["===", "====="], 2)
    assert not is_drawn_line(["---", "---"], 2), "missing values"


def test_what_stands_above_a_ruler_is_no_data_unless_it_is_numbers() -> None:
    assert stands_above_ruler([["a", "b"], ["---", "---"]])
    assert not stands_above_ruler([["1", "2"], ["---", "---"]])
    assert not stands_above_ruler([["a", "b"], ["1", "2"]])


def test_units_and_types_are_given_to_their_columns() -> None:
    assert with_units(HEADER, ["h", ""]).columns == (Column("ra", "h"), Column("dec"))
    assert with_units(HEADER, ["double", "real", "int"]).columns[0] == Column("ra", datatype="double")
    assert with_units(HEADER, ["note", "deg"]).columns == (Column("ra"), Column("dec", "deg"))
