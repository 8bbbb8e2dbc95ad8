"""Cells of operators' metadata tables: checked, and refused with their line and column."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from skybatch.archive.metadata_cells import InvalidCell, MetadataRow
from skybatch.errors import InvalidRequest


def row(**cells: str | None) -> MetadataRow:
    return MetadataRow(Path("images.tbl"), 7, cells)


def test_values_are_read_by_the_first_column_that_the_table_has() -> None:
    given = row(scanno="11", filter="Ks", ordate="10314", ra="204.25", seesh=None)
    assert given.integer(1, 999, "scan", "scanno") == 11
    assert given.choice({"ks": "k"}, "band", "filter") == "k"
    assert given.date("xdate", "ordate") == "010314"
    assert given.number(0.0, 360.0, "center_ra", "ra") == 204.25
    assert math.isnan(given.number_or_nan("seesh"))
    assert given.has_column("seesh")
    assert not given.has_value("seesh")
    assert not given.has_column("magzp", "msnr10")


def test_a_pair_stands_in_one_cell_or_in_two_columns_or_is_the_default() -> None:
    assert row(naxis="512 1024").pair("naxis", 1, 9999) == (512.0, 1024.0)
    assert row(naxis="512,1024").pair("naxis", 1, 9999) == (512.0, 1024.0)
    assert row(naxis1="512", naxis2="1024").pair("naxis", 1, 9999) == (512.0, 1024.0)
    assert row().pair("crpix", 1, 9999, default=(256.5, 512.5)) == (256.5, 512.5)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("scan", text) for text in (None, "", "x", "0", "1000", "1.0", "١")),
        *(("band", text) for text in (None, "y")),
        *(("xdate", text) for text in (None, "991332", "x")),
        *(("ra", text) for text in (None, "x", "nan", "inf", "-0.1", "361")),
        *(("naxis", text) for text in (None, "512", "512 x", "1 2 3", "0 5")),
    ],
)
def test_an_invalid_cell_is_refused_with_line_and_column(column: str, value: str | None) -> None:
    given = row(**{column: value or None})
    read: dict[str, Callable[[], object]] = {
        "scan": lambda: given.integer(1, 999, "scan"),
        "band": lambda: given.choice({"j": "j"}, "band"),
        "xdate": lambda: given.date("xdate"),
        "ra": lambda: given.number(0.0, 360.0, "ra"),
        "naxis": lambda: given.pair("naxis", 1, 9999),
    }
    with pytest.raises(InvalidCell) as caught:
        read[column]()
    assert (caught.value.error.line, caught.value.error.column) == (7, column)


def test_a_table_without_the_column_is_refused_as_a_whole() -> None:
    with pytest.raises(InvalidRequest, match="scan or scanno"):
        row().integer(1, 999, "scan", "scanno")
