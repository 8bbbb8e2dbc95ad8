"""The format, encoding and compression of an upload are detected by its content."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from collections.abc import Mapping

import pytest
from astropy.table import Table

from skybatch.errors import InvalidRequest, TooLarge
from skybatch.tables.files.upload import NOT_TABLES, inflate, looks_like_xml, read_tables
from skybatch.tables.readers.model import Bounds
from tests.support.hostile.catalogue import HOSTILE
from tests.support.tables.table_reading import CountingSelect, refusal, rows_in, rows_of, table_of, upload_of

ROWS = Table({"ra": [65.497627, 204.2538], "dec": [19.53507, -29.8654], "name": ["T", "M 83"]})
EXPECTED = [
    {"ra": "65.497627", "dec": "19.53507", "name": "T"},
    {"ra": "204.2538", "dec": "-29.8654", "name": "M 83"},
]
WRITERS = {
    "ascii.ipac": "IPAC table",
    "ascii.csv": "CSV table",
    "ascii.ecsv": "blank-separated table",
    "ascii.tab": "TSV table",
    "ascii.basic": "blank-separated table",
    "ascii.commented_header": "blank-separated table",
    "ascii.fixed_width": "table drawn with bars",
    "ascii.fixed_width_two_line": "blank-separated table",
    "ascii.mrt": "byte-by-byte table",
    "votable": "VOTable",
    "fits": "FITS table",
}


def written(kind: str) -> bytes:
    """The rows as astropy writes them."""
    if not kind.startswith("ascii."):
        out = io.BytesIO()
        ROWS.write(out, format=kind)
        return out.getvalue()
    text = io.StringIO()
    options = {"quotechar": '"'} if kind == "ascii.fixed_width_two_line" else {}
    rows = ROWS.copy()
    if options:
        rows["name"] = ["T", "M83"]
    rows.write(text, format=kind)
    return text.getvalue().encode()


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kind", WRITERS)
def test_what_astropy_writes_is_read_in_every_format(kind: str, compressed: bool) -> None:
    content = gzip.compress(written(kind)) if compressed else written(kind)
    table = table_of(content)
    assert table.header.kind == WRITERS[kind]
    assert [_values(row) for row in rows_of(table)] == [_values(row) for row in EXPECTED]


def _values(row: Mapping[str, str | None]) -> list[object]:
    return [float(row["ra"] or "nan"), float(row["dec"] or "nan"), (row["name"] or "").replace(" ", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_do_not_matter(encoding: str, ends: str) -> None:
    text = ends.join(["# Königstuhl", "ra,dec,name", "1,2,Jürgen", ""])
    assert rows_in(text.encode(encoding)) == [{"ra": "1", "dec": "2", "name": "Jürgen"}]


@pytest.mark.parametrize("start", NOT_TABLES)
def test_files_that_are_no_tables_are_said_what_they_are(start: bytes) -> None:
    assert NOT_TABLES[start] in refusal(start + b"\0\1\2 anything").detail


@pytest.mark.parametrize("content", ['{"ra": [1]}', '[{"ra": 1}]', "[[1, 2]]", ' [\n"M 31"]'])
def test_json_is_refused_by_name(content: str) -> None:
    assert "JSON" in refusal(content).detail


def test_a_list_of_positions_in_brackets_is_not_taken_for_json() -> None:
    assert rows_in("name\n[1, 2]\n") == [{"name": "[1, 2]"}]


@pytest.mark.parametrize("content", ["", " \n\n", "\ufeff\n", "# only a comment\n"])
def test_nothing_is_refused(content: str) -> None:
    assert "nothing" in refusal(content).detail


def test_a_gzip_file_is_inflated_with_all_its_members_up_to_the_bound() -> None:
    packed = gzip.compress(b"a" * 50) + gzip.compress(b"b" * 50) + b"\0" * 20
    assert inflate(packed, 100) == b"a" * 50 + b"b" * 50
    with pytest.raises(TooLarge):
        inflate(packed, 99)


@pytest.mark.parametrize("damage", [slice(0, 5), slice(0, -5), slice(12, None)])
def test_a_damaged_gzip_file_is_refused(damage: slice) -> None:
    packed = bytearray(gzip.compress(b"ra,dec\n" * 1000))
    with pytest.raises(InvalidRequest):
        read_tables(b"\x1f\x8b" + bytes(packed[damage])[2:], CountingSelect(), Bounds(9, 9, 100_000))


def test_text_behind_a_gzip_member_is_refused_not_lost() -> None:
    assert "behind" in refusal(gzip.compress(b"ra,dec\n1,2\n") + b"3,4\n").detail


@pytest.mark.parametrize(
    ("content", "is_xml"),
    [
        (b"  \n<VOTABLE/>", True),
        (b"\xef\xbb\xbf<?xml?>", True),
        ("<VOTABLE/>".encode("utf-16"), True),
        (b"ra,dec\n<1,2", False),
        ("ra,dec".encode("utf-16"), False),
    ],
)
def test_xml_is_known_by_its_first_character(content: bytes, is_xml: bool) -> None:
    assert looks_like_xml(content) is is_xml


# Attacks ----------------------------------------------------------------------------------------------

SIZE = 400_000
# Scaled as the size of the file is scaled to what a request may hold.
SMALL = Bounds(
    rows=100,
    marked_rows=1000,
    inflated_bytes=SIZE,
    cells=50_000,
    lines=10_000,
    elements=15_000,
    spanned_cells=10_000,
)
# Attacks that must be refused, and the word of the error that tells it was for the right reason.
REFUSED = {
    "marked_rows": "lines",
    "marked_wide_rows": "cells",
    "one_long_line": "characters",
    "open_quote": "characters",
    "votable_nested": "nested",
    "votable_resources": "elements",
    "votable_doctype": "document type",
    "votable_entity_bomb": "document type",
    "votable_empty_cells": "elements",
    "binary_many_columns": "rows",
    "binary_variable_columns": "",
    "binary_zero_width": "no width",
    "binary_long_arraysize": "arraysize",
    "fits_many_fields": "columns",
    "fits_many_rows": "ends before",
    "fits_rows_without_width": "rows",
    "fits_many_axes": "how long",
    "fits_shared_heap": "variable length",
    "fits_in_votable": "variable length",
    "fits_ascii_overlap": "TBCOL",
    "workbook_far_cell": "spans",
    "workbook_far_row": "spans",
    "workbook_shared_text": "text",
    "workbook_lying_size": "damaged",
    "zip_bomb": "bytes",
    "gzip_bomb": "bytes",
    "gzip_members": "members",
    "gzip_twice": "twice",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.no_cover
def test_an_upload_made_to_hurt_is_refused_or_read_within_bounds(name: str) -> None:
    content = HOSTILE[name](SIZE)
    select = CountingSelect()
    rows, detail = 0, ""
    tracemalloc.start()
    try:
        rows = sum(map(len, read_tables(content, select, SMALL).tables))
    except (InvalidRequest, TooLarge) as error:
        detail = error.detail
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows <= SMALL.marked_rows
    assert len(detail) < 5000
    assert not (name in REFUSED and not detail)
    assert REFUSED.get(name, "") in detail
    assert select.columns <= 60_000
    assert peak < 25 * SIZE


def test_the_mark_in_any_place_admits_no_more_rows_than_a_batch_has_images() -> None:
    rows = "1,2\n" * 1001
    for content in (
        f"# skybatch = 1\nra,dec\n{rows}",
        "ra,dec,skybatch\n" + rows.replace("\n", ",1\n"),
        "\\skybatch = '1'\n|ra|dec|\n" + rows.replace("1,2", "  1   2"),
    ):
        with pytest.raises(TooLarge, match="more than 1000 rows"):
            upload_of(content)
    with pytest.raises(TooLarge, match="more than 100 rows"):
        upload_of(f"ra,dec\n{rows}")
