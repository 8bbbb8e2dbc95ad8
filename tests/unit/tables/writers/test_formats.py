"""What is written reads back as it was: astropy and the csv module are the judges."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from astropy.table import Table as AstropyTable

from skybatch.surveys.known import default_survey
from skybatch.tables.model import Column, Table
from skybatch.tables.schemas.column_sets import ROWS
from skybatch.tables.schemas.image_table import COLUMN_MAKERS
from skybatch.tables.writers.formats import FORMATS, Format, chunks, write
from tests.support.survey.image_sets import sample_image_table

ASTROPY = {
    "tbl": "ascii.ipac",
    "xml": "votable",
    "csv": "ascii.csv",
    "tsv": "ascii.tab",
    "html": "ascii.html",
}


def read_back(table: Table, fmt: Format) -> AstropyTable:
    # Text stays text ("0001" is no number), as any reader that knows the column's type has it.
    converters = {c.name: str for c in table.columns if c.is_text or c.is_array}
    options: dict[str, Any] = {"guess": False} if fmt != "xml" else {}
    options |= {"converters": converters} if fmt in ("csv", "tsv") else {}
    return AstropyTable.read(io.BytesIO(write(table, fmt)), format=ASTROPY[fmt], **options)


def is_null(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def assert_equal(column: Column, ours: Any, theirs: Any) -> None:
    """Text equal, exact columns equal to the last bit, others to the digits of their format."""
    for wanted, got in zip(list(ours), list(theirs), strict=True):
        if np.ndim(wanted):
            parts = got.split() if isinstance(got, str) else got
            np.testing.assert_allclose([float(p) for p in parts], wanted, rtol=1e-9)
        elif is_null(wanted):
            assert got is np.ma.masked or is_null(got) or got == "null", column.name
        elif column.is_text:
            assert str(got) == str(wanted), column.name
        elif column.datatype == "double" and column.format:
            assert float(got) == float(column.format % wanted), column.name
        else:
            assert got == wanted, column.name


@pytest.mark.parametrize("fmt", ["tbl", "xml", "csv", "tsv"])
def test_astropy_reads_every_value_back(fmt: Format) -> None:
    table = sample_image_table(60, fmt)
    back = read_back(table, fmt)
    assert back.colnames == [column.name for column in table.columns]
    for column in table.columns:
        assert_equal(column, table.values(column), back[column.name])


@pytest.mark.parametrize("fmt", ["tbl", "xml", "csv", "tsv"])
def test_requested_positions_read_back_to_the_last_bit(fmt: Format) -> None:
    awkward = [0.1 + 0.2, 1 / 3, 2 / 3 * 1e-7, 359.99999999999994, 5e-324, -89.99999999999999, 1e22]
    columns = tuple(
        column
        for column in COLUMN_MAKERS[fmt](default_survey())
        if column.name in ("req_ra", "req_dec", "size")
    )
    table = Table(columns, {c.source: np.array(awkward) for c in columns})
    back = read_back(table, fmt)
    for column in columns:
        assert list(back[column.name]) == awkward


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("rows", [1, 7, 50])
def test_chunks_of_any_size_make_the_same_bytes(fmt: Format, rows: int) -> None:
    table = sample_image_table(50, fmt)
    assert b"".join(chunks(table, fmt, rows)) == write(table, fmt)


def test_chunks_are_written_one_at_a_time() -> None:
    pieces = chunks(sample_image_table(50, "csv"), "csv", 10)
    assert next(pieces).startswith(b"name,download")
    assert next(pieces).count(b"\n") == 10


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_table_without_rows_is_whole(fmt: Format) -> None:
    table = sample_image_table(0, fmt)
    back = read_back(table, fmt) if fmt != "html" else []
    assert len(back) == 0
    assert all(column.name.encode() in write(table, fmt) for column in table.columns)


def test_every_column_of_the_rows_table_but_its_number_may_be_null() -> None:
    data: dict[str, Any] = {column.name: [None] for column in ROWS} | {"row": [1]}
    for fmt in ("tbl", "xml", "csv"):
        back = read_back(Table(ROWS, data), fmt)
        assert back["row"][0] == 1
        assert all(np.ma.is_masked(back[c.name][0]) or is_null(back[c.name][0]) for c in ROWS[1:]), fmt


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(ValueError, match="xls"):
        write(sample_image_table(1, "csv"), "xls")  # type: ignore[arg-type]


def test_writing_does_not_load_astropy() -> None:
    modules = "skybatch.tables.schemas.image_table, skybatch.tables.writers.formats"
    script = f"import sys, {modules}; sys.exit('astropy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
