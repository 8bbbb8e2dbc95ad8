"""What separates the cells is found by what splits a line into column names."""

from __future__ import annotations

import pytest

from skybatch.tables.readers.text_formats.comments import read_comments
from skybatch.tables.readers.text_formats.delimiters import NO_DELIMITER, delimiter_of, separator_line, split
from tests.support.tables.table_reading import BOUNDS, POSITIONS, CountingSelect


def found(*lines: str) -> str:
    first = next(index for index, line in enumerate(lines) if not line.startswith("#"))
    return delimiter_of(lines, first, read_comments(lines), POSITIONS, BOUNDS)


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["ra,dec", "1,2"], ","),
        (["ra\tdec,err", "1\t2,3"], "\t"),
        (["ra;dec", "1,5;2,5"], ";"),
        (["ra|dec", "1|2"], "|"),
        (["ra dec", "1 2"], " "),
        (["name", "M 31"], NO_DELIMITER),
        (["# ra dec", "1 2"], " "),
        (["# ra,dec", "1,2"], ","),
        (["1 2", "3 4"], " "),
        (["1;2", "3;4"], ";"),
        (["NGC 7479", "M 31"], NO_DELIMITER),
        (["Exported on Monday, by me", "ra;dec", "1;2"], ";"),
    ],
)
def test_the_separator_is_found(lines: list[str], delimiter: str) -> None:
    assert found(*lines) == delimiter


def test_a_spreadsheet_may_say_it() -> None:
    assert separator_line(["sep=;", "a"]) == (1, ";")
    assert separator_line(["SEP=\t"]) == (1, "\t")
    assert separator_line(["separation,ra"]) == (0, "")


def test_lines_of_more_cells_than_columns_may_be_are_not_looked_at() -> None:
    select = CountingSelect()
    delimiter_of(["," * 5000] * 30, 0, read_comments([]), select, BOUNDS)
    assert select.columns <= 30  # each line as one cell


def test_a_line_is_split_with_its_quotes() -> None:
    assert split('"a, b", c', ",") == ["a, b", "c"]
    assert split('"a b"  c', " ")[0] == "a b"
