"""What is written reads back as it was: astropy and the csv module are the judges."""

from __future__ import annotations

import csv
import io
import math
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from astropy.table import Table as AstropyTable

from skybatch.tables.model import Column, Table, double, integer, text
from skybatch.tables.schemas.column_sets import ROWS
from skybatch.tables.schemas.image_table import COLUMNS_OF_FORMAT, image_table
from skybatch.tables.writers.formats import FORMATS, Format, chunks, write
from tests.support.image_sets import made_images, made_sets

ASTROPY = {
    "tbl": "ascii.ipac",
    "xml": "votable",
    "csv": "ascii.csv",
    "tsv": "ascii.tab",
    "html": "ascii.html",
}


def image_table_of(n: int, fmt: Format) -> Table:
    sets = made_sets(n)
    return image_table(
        {"askyw": sets}, made_images(sets), fmt, title="A batch", keywords={"label": "my label"}
    )


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
    table = image_table_of(60, fmt)
    back = read_back(table, fmt)
    assert back.colnames == [column.name for column in table.columns]
    for column in table.columns:
        assert_equal(column, table.values(column), back[column.name])


@pytest.mark.parametrize("fmt", ["tbl", "xml", "csv", "tsv"])
def test_what_was_asked_reads_back_to_the_last_bit(fmt: Format) -> None:
    awkward = [0.1 + 0.2, 1 / 3, 2 / 3 * 1e-7, 359.99999999999994, 5e-324, -89.99999999999999, 1e22]
    columns = tuple(
        column for column in COLUMNS_OF_FORMAT[fmt] if column.name in ("req_ra", "req_dec", "size")
    )
    table = Table(columns, {c.source: np.array(awkward) for c in columns})
    back = read_back(table, fmt)
    for column in columns:
        assert list(back[column.name]) == awkward


def test_ipac_is_strict() -> None:
    lines = write(image_table_of(30, "tbl"), "tbl").decode("ascii").splitlines()
    header = [line for line in lines if line.startswith("|")]
    data = [line for line in lines if not line.startswith(("|", "\\"))]
    assert lines[0] == "\\ A batch"
    assert {"\\skybatch = '1'", "\\label = 'my label'"} <= set(lines)
    assert (len(header), len(data)) == (4, 30)
    assert {len(line) for line in [*header, *data]} == {len(header[0])}
    bars = [i for i, mark in enumerate(header[0]) if mark == "|"]
    assert all(line[i] == " " for line in data for i in bars)
    assert all(line[i] == "|" for line in header for i in bars)
    assert "\t" not in "".join(lines)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("rows", [1, 7, 50])
def test_pieces_make_the_same_bytes_whatever_their_size(fmt: Format, rows: int) -> None:
    table = image_table_of(50, fmt)
    assert b"".join(chunks(table, fmt, rows)) == write(table, fmt)


def test_pieces_come_one_by_one() -> None:
    pieces = chunks(image_table_of(50, "csv"), "csv", 10)
    assert next(pieces).startswith(b"name,download")
    assert next(pieces).count(b"\n") == 10


def test_csv_and_tsv_are_rectangles_for_the_csv_module() -> None:
    table = image_table_of(20, "csv")
    for fmt, delimiter in (("csv", ","), ("tsv", "\t")):
        lines = list(csv.reader(io.StringIO(write(table, fmt).decode()), delimiter=delimiter))  # type: ignore[arg-type]
        assert {len(line) for line in lines} == {len(table.columns)}
        assert len(lines) == 21


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.hrefs.append(dict(attrs)["href"] or "")


def test_html_links_each_image_and_its_preview() -> None:
    sets = made_sets(9)
    images = made_images(sets)
    links = Links()
    links.feed(write(image_table({"askyw": sets}, images, "html"), "html").decode())
    assert links.hrefs == [url for pair in zip(images.url, images.preview or [], strict=True) for url in pair]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.org/x", "x y"])
def test_html_links_nothing_but_http(url: str) -> None:
    page = write(Table((text("file", "", link="image"),), {"file": [url]}), "html").decode()
    assert "<a" not in page


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_table_without_rows_is_whole(fmt: Format) -> None:
    table = image_table_of(0, fmt)
    back = read_back(table, fmt) if fmt != "html" else []
    assert len(back) == 0
    assert all(column.name.encode() in write(table, fmt) for column in table.columns)


def test_rows_table_takes_nulls_everywhere_but_in_its_number() -> None:
    data: dict[str, Any] = {column.name: [None] for column in ROWS} | {"row": [1]}
    for fmt in ("tbl", "xml", "csv"):
        back = read_back(Table(ROWS, data), fmt)
        assert back["row"][0] == 1
        assert all(np.ma.is_masked(back[c.name][0]) or is_null(back[c.name][0]) for c in ROWS[1:]), fmt


def test_masked_and_missing_numbers_are_null() -> None:
    columns = (integer("i", ""), double("x", ""), double("y", "", format="%.2f"))
    data: dict[str, Any] = {
        "i": np.ma.array([1, 2], mask=[False, True]),
        "x": [None, 1.5],
        "y": np.array([np.nan, 2]),
    }
    assert write(Table(columns, data), "csv").decode() == "i,x,y\n1,,\n,1.5,2.00\n"


def test_a_format_nobody_writes_is_an_error() -> None:
    with pytest.raises(ValueError, match="xls"):
        write(image_table_of(1, "csv"), "xls")  # type: ignore[arg-type]


def test_columns_without_values_or_of_other_lengths_are_errors() -> None:
    columns = (integer("a", ""), integer("b", "", key="c"))
    with pytest.raises(ValueError, match="no values for c"):
        Table(columns, {"a": [1], "b": [1]})
    with pytest.raises(ValueError, match="different lengths"):
        Table(columns, {"a": [1], "c": [1, 2]})


def test_writing_does_not_load_astropy() -> None:
    modules = "skybatch.tables.schemas.image_table, skybatch.tables.writers.formats"
    script = f"import sys, {modules}; sys.exit('astropy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
