"""Decimal commas are read as points where a comma separates nothing."""

from __future__ import annotations

import pytest

from skybatch.tables.readers.model import CellKind, Record
from skybatch.tables.readers.text_formats.decimal_commas import DecimalCommas
from tests.support.tables.table_reading import refusal, rows_in, upload_of


@pytest.mark.parametrize("separator", [";", "\t", " ", "|"])
def test_commas_in_numbers_are_decimal(separator: str) -> None:
    content = "ra;dec\n65,497627;-19,53507\n".replace(";", separator)
    assert rows_in(content) == [{"ra": "65.497627", "dec": "-19.53507"}]
    assert upload_of(content).notices == ("Decimal commas were read as points in 2 cells.",)


@pytest.mark.parametrize("cell", ["1,2,3", "a,5", "1,", ",5", "1,x"])
def test_other_commas_are_left(cell: str) -> None:
    records = DecimalCommas(possible=True).as_points(iter([Record([cell], 1)]), {0: CellKind(numeric=True)})
    assert [record.values for record in records] == [[cell]]


def test_where_commas_separate_the_error_says_so() -> None:
    assert "decimal point" in refusal("ra,dec\n65,497627,19,53507\n").detail
