"""Tables of text, and the bounds on their shape."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidRequest, TooLarge
from skybatch.tables.readers.model import (
    Bounds,
    CellKind,
    Column,
    Header,
    Record,
    Rows,
    cell_text,
    collect,
    unreadable_table,
)

BOUNDS = Bounds(
    rows=2, marked_rows=4, inflated_bytes=9, columns=3, all_columns=5, tables=2, cells=6, elements=3
)
HEADER = Header("CSV table", (Column("ra"), Column("dec")))
MARKED = Header("CSV table", (Column("ra"),), {"skybatch": "1"})


@pytest.mark.parametrize(
    ("names", "keywords", "marked"),
    [
        (("ra",), {}, False),
        (("ra", "SkyBatch"), {}, True),
        (("ra",), {"skybatch": "1"}, True),
        (("ra",), {"dataset": "asky"}, False),
    ],
)
def test_a_table_is_marked_by_a_column_or_a_keyword(
    names: tuple[str, ...], keywords: dict[str, str], marked: bool
) -> None:
    assert Header("CSV table", tuple(map(Column, names)), keywords).marked is marked


@pytest.mark.parametrize("cell", ["", "  ", "NULL", "--", "---"])
def test_words_for_null_are_none(cell: str) -> None:
    assert cell_text(f" {cell} ") is None


@pytest.mark.parametrize("cell", ["nan", "N/A", "None", "masked", "<NA>", "INDEF"])
def test_words_for_no_number_are_none_only_where_a_number_is_expected(cell: str) -> None:
    assert cell_text(f" {cell} ", number=True) is None
    assert cell_text(f" {cell} ") == cell


def test_other_words_are_kept_without_blanks_around_them() -> None:
    assert [cell_text(text) for text in (" a b ", "nullable", "-", "0")] == ["a b", "nullable", "-", "0"]


def test_rows_are_bounded_and_those_of_marked_tables_apart() -> None:
    BOUNDS.check_rows(2, HEADER)
    BOUNDS.check_rows(4, MARKED)
    for count, header, before in ((3, HEADER, 0), (1, HEADER, 2), (5, MARKED, 0)):
        with pytest.raises(TooLarge):
            BOUNDS.check_rows(count, header, before)


def test_cells_columns_tables_and_elements_are_bounded() -> None:
    wide = Header("CSV table", tuple(Column(str(number)) for number in range(4)), {"skybatch": "1"})
    with pytest.raises(TooLarge):
        BOUNDS.check_rows(2, wide)
    for counts in ((3, 0), (1, 6)):
        with pytest.raises(InvalidRequest):
            BOUNDS.check_tables(*counts)
    with pytest.raises(InvalidRequest):
        BOUNDS.check_columns(4, 7)
    with pytest.raises(TooLarge):
        BOUNDS.check_elements(4)


def test_the_wanted_cells_of_rows_are_collected() -> None:
    records = iter([Record(["1", " 2 "], 5), Record(["", "x"], 6)])
    table = collect(Rows(HEADER, {1: CellKind()}, records), BOUNDS)
    assert (dict(table.cells), list(table.lines)) == ({1: ["2", "x"]}, [5, 6])


def test_a_table_that_is_not_wanted_is_neither_kept_nor_counted() -> None:
    table = collect(Rows(HEADER, {}, iter([Record(["1", "2"], 5)] * 9)), BOUNDS)
    assert (len(table), dict(table.cells)) == (0, {})


def test_an_unreadable_table_names_the_line() -> None:
    error = unreadable_table("the quotes cannot be read", 4, column="id", value="x")
    assert [(e.column, e.value, e.line) for e in error.errors] == [("id", "x", 4)]
    assert error.detail.startswith("In line 4 ")
