"""Operators' metadata tables are streamed, a row at a time, from every format."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from itertools import islice
from pathlib import Path

import pytest
from astropy.io.votable import from_table
from astropy.table import Table

from skybatch.errors import InvalidRequest
from skybatch.tables.files.stream import stream_rows
from skybatch.tables.readers.fits import extensions

NAMES = ("ra", "band", "a")
ROWS = Table({"RA": [1.5, 2.5], "Band": ["j", "k"]})
EXPECTED = [{"ra": "1.5", "band": "j"}, {"ra": "2.5", "band": "k"}]


def written(kind: str) -> bytes:
    if kind == "votable":
        out = io.BytesIO()
        from_table(ROWS).to_xml(out)
        return out.getvalue()
    text = io.StringIO()
    ROWS.write(text, format=kind)
    return text.getvalue().encode()


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kind", ["ascii.ipac", "ascii.csv", "ascii.tab", "votable"])
def test_what_astropy_writes_is_read(tmp_path: Path, kind: str, compressed: bool) -> None:
    path = tmp_path / "table"
    path.write_bytes(gzip.compress(written(kind)) if compressed else written(kind))
    assert [cells for _, cells in stream_rows(path, NAMES)] == EXPECTED


def test_fits_tables_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "PART_ROWS", 1)
    path = tmp_path / "table.fits"
    ROWS.write(path, format="fits")
    assert list(stream_rows(path, NAMES)) == [(None, cells) for cells in EXPECTED]
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert list(stream_rows(path, NAMES)) == [(None, cells) for cells in EXPECTED]


def test_binary_votables_are_read(tmp_path: Path) -> None:
    path = tmp_path / "table.vot"
    from_table(ROWS).to_xml(str(path), tabledata_format="binary2")
    assert list(stream_rows(path, NAMES)) == [(None, cells) for cells in EXPECTED]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_line_ends_do_not_matter(tmp_path: Path, encoding: str, ends: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(ends.join(["# K\xf6nigstuhl", "ra,band", "1.5,j", "2.5,k", ""]).encode(encoding))
    assert list(stream_rows(path, NAMES)) == [(3, EXPECTED[0]), (4, EXPECTED[1])]


@pytest.mark.no_cover
def test_memory_does_not_grow_with_the_number_of_rows(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("ra,band\n" + "1.5,j\n" * 50_000)
    tracemalloc.start()
    assert sum(1 for _ in stream_rows(path, NAMES)) == 50_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_a_file_without_a_known_column_is_refused_naming_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("alpha,beta\n1,2\n")
    with pytest.raises(InvalidRequest, match="alpha, beta"):
        list(stream_rows(path, NAMES))


def test_each_row_has_its_line_and_nulls_are_none(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("ra,band\n1,j\n\nnull,\n")
    assert list(stream_rows(path, NAMES)) == [(2, {"ra": "1", "band": "j"}), (4, {"ra": None, "band": None})]


def test_rows_come_before_the_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("ra,band\n" + "1,j\n" * 3 + "one cell too few\n")
    rows = stream_rows(path, NAMES)
    assert len(list(islice(rows, 3))) == 3
    with pytest.raises(InvalidRequest):
        next(rows)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("ra,band\n1,j\n1\n", 3),
        ('ra,band\n1,"j\n', 2),
        ("|ra |band|\n|r  |char|\n|   |    |\n|   |    |\n|   |    |\n 1   j\n", 6),
        ("\\ comment\n 1   j\n", 2),
        ("|ra |band|\n 1   j   \n 111111 j\n", 3),
        ("<VOTABLE>\n<TABLE>\n</VOTABLE>", 3),
        ('<!DOCTYPE a [<!ENTITY b "c">]>\n<VOTABLE/>', 1),
        ("<VOTABLE><TABLE><FIELD name='a'/><DATA>\n<BINARY/></DATA>\n</TABLE></VOTABLE>", 3),
        ("<VOTABLE><TABLE><FIELD name='a'/>\n<DATA><TABLEDATA><TR></TR></TABLEDATA></DATA>", 2),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_file_and_line(
    tmp_path: Path, content: str, line: int
) -> None:
    path = tmp_path / "table"
    path.write_text(content)
    with pytest.raises(InvalidRequest, match=f"{path}, line {line}:"):
        list(stream_rows(path, NAMES))
