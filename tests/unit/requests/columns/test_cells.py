"""Cells by the role of their column: an invalid one is noted with its line, row and column."""

from __future__ import annotations

import pytest

from skybatch.requests import values
from skybatch.requests.columns.cells import MAX_CELL_CHARACTERS, with_short_cells
from tests.support.tables.table_cases import read, refused
from tests.support.tables.uploaded_tables import header, table_cells

LONG = "1" * (MAX_CELL_CHARACTERS + 1)


def test_a_null_or_absent_cell_is_the_default_and_no_error() -> None:
    cells = table_cells(header("size"), (None,))
    assert cells.value("size", 0, values.size, 3.0) == 3.0
    assert cells.value("best", 0, values.flag, True) is True
    assert (cells.has("size"), cells.has("best")) == (True, False)
    assert cells.errors.found == []


def test_an_invalid_cell_is_noted_under_the_name_the_table_writes() -> None:
    cells = table_cells(header("Size"), ("50",), ("wide",))
    assert cells.value("size", 0, values.size, None) == 50.0
    assert cells.value("size", 1, values.size, None) is None
    (error,) = cells.errors.found
    assert (error.column, error.value, error.line, error.row) == ("Size", "wide", 3, 2)


def test_a_required_cell_must_not_be_null() -> None:
    cells = table_cells(header("scan"), (None,), ("11",))
    assert cells.required("scan", 0, values.scan) is None
    assert cells.required("scan", 1, values.scan) == 11
    assert [(error.column, error.row) for error in cells.errors.found] == [("scan", 1)]


def test_rows_of_a_later_table_are_numbered_on() -> None:
    cells = table_cells(header("scan"), (None,))
    cells.rows_before = 10
    cells.required("scan", 0, values.scan)
    assert cells.errors.found[0].row == 11


def test_cells_that_are_short_enough_are_left_alone() -> None:
    table = table_cells(header("ra"), ("1",), (None,), (LONG[1:],)).table
    assert with_short_cells(table).cells[0] is table.cells[0]


def test_a_cell_that_is_too_long_is_cut_and_no_number_any_more() -> None:
    short = with_short_cells(table_cells(header("ra"), (None,), (LONG,)).table).cells[0]
    assert short[0] is None
    assert short[1] == LONG[1:] + "\u2026"


@pytest.mark.parametrize("column", ["ra", "dec", "size", "best", "id", "equinox", "csys"])
def test_a_cell_that_is_too_long_is_an_error_of_its_column(column: str) -> None:
    names = ["ra", "dec", "size", "best", "id", "equinox", "csys"]
    values = dict.fromkeys(names, "") | {"ra": "1", "dec": "2"}
    line = ",".join((values | {column: "0" * 5000 + "1"})[name] for name in names)
    (error,) = refused(f"{','.join(names)}\n{line}\n")
    assert (error.row, error.column) == (1, column)


def test_a_name_that_is_too_long_is_refused_and_one_beside_a_position_is_cut() -> None:
    (error,) = refused(f"name\n{'x' * 5000}\n")
    assert error.column == "name"
    (row,) = read(f"name,ra,dec\n{'x' * 5000},1,2\n").rows
    assert (len(row.id or ""), len(row.given_id or "")) == (15, 200)
