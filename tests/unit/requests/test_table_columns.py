"""Columns are known by mode, and an invalid cell is noted with its line, row and column."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidRequest
from skybatch.requests import values
from skybatch.requests.model import LIST_MODES, Mode
from skybatch.requests.table_columns import (
    SERVICE_COLUMNS,
    column_selection,
    first_present_column,
)
from tests.support.uploaded_tables import cell_parser, uploaded_table


@pytest.mark.parametrize("mode", LIST_MODES)
def test_every_list_mode_takes_the_columns_of_our_own_tables(mode: Mode) -> None:
    selection = column_selection(mode, 7)
    assert selection.columns >= set(SERVICE_COLUMNS)
    assert selection.max_rows == 7
    assert all(name == name.lower() for name in selection.columns)


def test_a_null_or_absent_cell_is_the_default_and_no_error() -> None:
    cells = cell_parser(("size",), (None,))
    assert cells.value("size", 0, values.size, 3.0) == 3.0
    assert cells.value("best", 0, values.flag, True) is True
    assert (cells.has("size"), cells.has("best")) == (True, False)
    assert cells.errors.found == []


def test_an_invalid_cell_is_noted_under_the_name_the_table_writes() -> None:
    cells = cell_parser(("Size",), ("50",), ("wide",))
    assert cells.value("size", 0, values.size, None) == 50.0
    assert cells.value("size", 1, values.size, None) is None
    (error,) = cells.errors.found
    assert (error.column, error.value, error.line, error.row) == ("Size", "wide", 3, 2)


def test_a_required_cell_must_not_be_null() -> None:
    cells = cell_parser(("scan",), (None,), ("11",))
    assert cells.required("scan", 0, values.scan) is None
    assert cells.required("scan", 1, values.scan) == 11
    assert [(error.column, error.row) for error in cells.errors.found] == [("scan", 1)]


def test_the_first_of_several_names_of_a_column_counts() -> None:
    table = uploaded_table(("date", "xdate"), ("971031", "981121"))
    assert first_present_column(table, ["xdate", "date"], "observation date") == "xdate"


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    with pytest.raises(InvalidRequest) as caught:
        first_present_column(uploaded_table(("a", "b"), ("1", "2")), ["xdate", "date"], "observation date")
    (error,) = caught.value.errors
    assert (error.column, error.line) == ("xdate", 1)
    assert "a, b" in error.rule
