"""Sizes of crops: the unit of the column, the request's own size, and columns that are none."""

from __future__ import annotations

import pytest

from skybatch.requests.crop_sizes import SizeReader
from skybatch.tables.readers.model import Column
from tests.support.tables.uploaded_tables import header, table_cells


def test_the_request_s_size_stands_in_for_a_null_and_for_a_missing_column() -> None:
    sizes = SizeReader(table_cells(header("size"), (None,), ("30",), ("0",)), 60.0)
    assert [sizes.size(index) for index in range(3)] == [60.0, 30.0, None]
    assert SizeReader(table_cells(header("ra"), ("1",)), 60.0).size(0) == 60.0
    assert SizeReader(table_cells(header("size", "skybatch"), (None, "1")), 60.0).size(0) is None


@pytest.mark.parametrize(("unit", "size"), [("arcmin", 120.0), ("deg", 7200.0), ("arcsec", 2.0), (None, 2.0)])
def test_a_size_is_in_the_unit_of_its_column(unit: str | None, size: float) -> None:
    sizes = SizeReader(table_cells(header(Column("size", unit=unit)), ("2",)), None)
    assert sizes.size(0) == pytest.approx(size)
    assert sizes.notices == []


def test_a_column_that_is_ignored_is_named_and_the_request_s_size_holds() -> None:
    sizes = SizeReader(table_cells(header(Column("SIZE", unit="kpc")), ("2",)), 60.0)
    assert sizes.size(0) == 60.0
    assert "SIZE" in sizes.notices[0]


def test_an_invalid_size_is_noted() -> None:
    cells = table_cells(header("size"), ("wide",), ("7",))
    assert SizeReader(cells, None).size(0) is None
    assert [error.value for error in cells.errors.found] == ["wide"]
