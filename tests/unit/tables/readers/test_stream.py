"""Operators' metadata tables are streamed, a row at a time, from every format that astropy writes."""

from __future__ import annotations

import gzip
import io
from itertools import islice
from pathlib import Path

import pytest
from astropy.io.votable import from_table
from astropy.table import Table

from skybatch.errors import InvalidRequest
from skybatch.tables.readers.stream import stream_rows

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
    assert [cells for _, cells in stream_rows(path)] == EXPECTED


def test_each_row_has_its_line_and_nulls_are_none(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("ra,band\n1,j\n\nnull,\n")
    assert list(stream_rows(path)) == [(2, {"ra": "1", "band": "j"}), (4, {"ra": None, "band": None})]


def test_rows_come_before_the_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("ra,band\n" + "1,j\n" * 3 + "one cell too few\n")
    rows = stream_rows(path)
    assert len(list(islice(rows, 3))) == 3
    with pytest.raises(InvalidRequest):
        next(rows)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("ra,band\n1,j\n1\n", 3),
        ('ra,band\n1,"j\n', 2),
        ("|ra |band\n 1   j\n", 1),
        ("\\ comment\n 1   j\n", 2),
        ("|ra |band|\n 1   j   \n 111111 j\n", 3),
        ("<VOTABLE>\n<TABLE>\n</VOTABLE>", 3),
        ('<!DOCTYPE a [<!ENTITY b "c">]>\n<VOTABLE/>', 1),
        ("<VOTABLE><TABLE><FIELD name='a'/><DATA>\n<BINARY/></DATA></TABLE></VOTABLE>", 2),
        ("<VOTABLE><TABLE><FIELD name='a'/>\n<DATA><TABLEDATA><TR></TR></TABLEDATA></DATA>", 2),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_file_and_line(
    tmp_path: Path, content: str, line: int
) -> None:
    path = tmp_path / "table"
    path.write_text(content)
    with pytest.raises(InvalidRequest, match=f"{path}, line {line}:"):
        list(stream_rows(path))
