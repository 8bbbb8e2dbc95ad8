"""Tables drawn with bars, as database shells, archives and documents write them."""

from __future__ import annotations

import pytest

from skybatch.tables.readers.text_formats.bars import is_drawn
from tests.support.tables.table_reading import refusal, rows_in, upload_of

EXPECTED = [{"name": "OBJ A", "ra": "10.5", "dec": "-1"}, {"name": "B", "ra": "11", "dec": "2"}]
DRAWN = {
    "fixed width": "| name | ra | dec |\n| OBJ A | 10.5 | -1 |\n| B | 11 | 2 |\n",
    "markdown": "| name | ra | dec |\n|:---|---:|---:|\n| OBJ A | 10.5 | -1 |\n| B | 11 | 2 |\n",
    "MySQL": "+-------+------+-----+\n| name  | ra   | dec |\n+-------+------+-----+\n"
    "| OBJ A | 10.5 |  -1 |\n"
    "| B     | 11   |   2 |\n+-------+------+-----+\n2 rows in set (0.00 sec)\n",
    "reStructuredText grid": "+-------+------+-----+\n| name  | ra   | dec |\n+=======+======+=====+\n"
    "| OBJ A | 10.5 |  -1 |\n+-------+------+-----+\n| B     | 11   |   2 |\n+-------+------+-----+\n",
    "HEASARC": "BatchStart\n|name|ra|dec|\n|OBJ A|10.5|-1|\n|B|11|2|\nBatchEnd\n",
}


@pytest.mark.parametrize("kind", DRAWN)
def test_every_row_between_bars_is_read(kind: str) -> None:
    assert rows_in(DRAWN[kind]) == EXPECTED


def test_lines_outside_the_table_are_named() -> None:
    (notice,) = upload_of(DRAWN["HEASARC"]).notices
    assert "1, 5" in notice


def test_a_row_without_bars_is_refused_not_left_out() -> None:
    error = refusal("| ra | dec |\n|----|-----|\n| 1 | 2 |\n 3 4\n")
    assert error.errors[0].line == 4


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("|ra|dec|\n 1  2\n", False),
        ("|ra|dec|\n|r|r|\n|deg|deg|\n|-9|-9|\n 1  2\n", False),
        ("|objname|\n Vega\n", False),
        ("|objname|\n M 31\n", False),
        ("|ra|dec|\n|1|2|\n", True),
        ("ra|dec\n1|2\n", False),
    ],
)
def test_ipac_tables_have_bars_in_their_header_only(text: str, drawn: bool) -> None:
    assert is_drawn(text) is drawn
