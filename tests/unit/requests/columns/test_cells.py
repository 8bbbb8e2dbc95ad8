"""Cells by the role of their column: an invalid one is noted with its line, row and column."""

from __future__ import annotations

from skybatch.requests import values
from tests.support.uploaded_tables import header, table_cells


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
