"""Which columns of an upload are taken, and the bounds on its shape."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidRequest, TooLarge
from skybatch.tables.readers import model
from skybatch.tables.readers.model import (
    ColumnSelection,
    UploadedTable,
    select_columns,
    split_lines,
    text_or_null,
    unreadable_table,
)

SELECTION = ColumnSelection(frozenset({"ra", "dec"}), frozenset(), max_rows=2)


def test_columns_are_selected_in_any_case_and_the_exact_spelling_wins() -> None:
    assert select_columns(["id", "RA", "Dec"], SELECTION) == {"ra": 1, "dec": 2}
    assert select_columns(["RA", "ra"], SELECTION) == {"ra": 1}
    assert select_columns(["ra", "RA"], SELECTION) == {"ra": 0}


def test_a_selected_column_twice_in_the_same_spelling_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        select_columns(["ra", "ra"], SELECTION, line=3)
    assert (caught.value.errors[0].column, caught.value.errors[0].line) == ("ra", 3)
    assert select_columns(["id", "id", "ra"], SELECTION) == {"ra": 2}


def test_rows_are_bounded_but_for_tables_of_this_service() -> None:
    SELECTION.check_count(2, from_service=False)
    SELECTION.check_count(1000, from_service=True)
    with pytest.raises(TooLarge):
        SELECTION.check_count(3, from_service=False)


def test_columns_lines_and_their_lengths_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_COLUMNS", "MAX_LINES", "MAX_LINE_CHARACTERS"):
        monkeypatch.setattr(model, name, 5)
    assert split_lines("a\nb\n\n") == ["a", "b", "", ""]
    with pytest.raises(InvalidRequest):
        split_lines("\n" * 6)
    with pytest.raises(InvalidRequest) as caught:
        split_lines("short\nlonger")
    assert caught.value.errors[0].line == 2
    with pytest.raises(InvalidRequest):
        select_columns("abcdef", SELECTION)


@pytest.mark.parametrize(
    ("names", "keywords", "from_service"),
    [
        (("ra",), {}, False),
        (("ra", "SkyBatch"), {}, True),
        (("ra",), {"skybatch": "1"}, True),
        (("ra",), {"dataset": "asky"}, False),
    ],
)
def test_a_table_is_ours_by_its_marker_as_column_or_keyword(
    names: tuple[str, ...], keywords: dict[str, str], from_service: bool
) -> None:
    assert UploadedTable("CSV table", names, {}, [], None, keywords).from_service is from_service


@pytest.mark.parametrize(
    ("cell", "text"), [(" a ", "a"), ("", None), ("  ", None), ("NULL", None), ("nullable", "nullable")]
)
def test_empty_cells_and_the_word_null_are_null(cell: str, text: str | None) -> None:
    assert text_or_null(cell) == text


def test_an_unreadable_table_names_the_line() -> None:
    error = unreadable_table("the quotes cannot be read", 4, column="id", value="x")
    assert [(e.column, e.value, e.line) for e in error.errors] == [("id", "x", 4)]
    assert error.detail.startswith("In line 4 ")
