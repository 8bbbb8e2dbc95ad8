"""VOTable documents: every table is read, and nothing outside the document is ever read."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io.votable import from_table
from astropy.table import Table

from skybatch.errors import TooLarge
from skybatch.settings import Settings
from skybatch.tables.readers.votable import document
from tests.support.tables.request_tables import parsed_request
from tests.support.tables.table_reading import BOUNDS, POSITIONS, rows_of, table_of, upload_of
from tests.support.tables.votable_documents import keys_of, refused, tabledata, votable


def test_cells_are_read_with_their_nulls() -> None:
    assert keys_of(votable(tabledata("5|1 2|j", "6||"))) == [(5, "j"), (6, "jhk")]


def test_a_prefix_is_taken() -> None:
    prefixed = votable(tabledata("5|1 2|j")).replace("<", "<v:").replace("<v:/", "</v:").replace("<v:?", "<?")
    assert keys_of(prefixed.replace("xmlns=", "xmlns:v=")) == [(5, "j")]


def test_every_table_is_read() -> None:
    table = '<TABLE name="{0}"><FIELD name="ra"/><FIELD name="dec"/><DATA><TABLEDATA>'
    table += "<TR><TD>{0}</TD><TD>2</TD></TR>"
    tables = "".join(table.format(n) + "</TABLEDATA></DATA></TABLE>" for n in (1, 2))
    upload = upload_of(f"<VOTABLE><RESOURCE>{tables}</RESOURCE></VOTABLE>")
    assert [table.header.title for table in upload.tables] == ["1", "2"]
    assert [rows_of(table) for table in upload.tables] == [[{"ra": str(n), "dec": "2"}] for n in (1, 2)]


@pytest.mark.parametrize("form", ["tabledata", "binary", "binary2"])
def test_what_astropy_writes_is_read(form: str) -> None:
    table = Table({"ra": [1.5, 2.5], "dec": np.array([0.1, -0.1], "f4"), "name": ["M 31", "b"]}, masked=True)
    table["ra"].mask[1] = True
    table["ra"].unit = "rad"
    out = io.BytesIO()
    from_table(table).to_xml(out, tabledata_format=form)
    read = table_of(out.getvalue())
    assert rows_of(read) == [
        {"ra": "1.5", "dec": "0.1", "name": "M 31"},
        {"ra": None, "dec": "-0.1", "name": "b"},
    ]
    assert read.header.columns[0].unit == "rad"


def test_a_row_of_fewer_cells_is_refused_with_its_line() -> None:
    error = refused(votable(tabledata("5|1 2|j", "6|1 2")))
    assert error.errors[0].line == 8


def test_rows_come_in_parts_from_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "CHUNK_BYTES", 50)
    content = (
        "<VOTABLE><TABLE><FIELD name='ra'/><DATA>"
        + tabledata(*map(str, range(20)))
        + "</DATA></TABLE></VOTABLE>"
    )
    parts = list(document.stream(io.BytesIO(content.encode()), POSITIONS, BOUNDS))
    assert len(parts) > 5
    assert [row["ra"] for part in parts for row in rows_of(part)] == [str(n) for n in range(20)]


def test_an_error_names_the_line_of_the_row() -> None:
    error = refused(votable(tabledata("5|1 2|j", "x|1 2|j", "-1|1 2|j")))
    assert [(e.line, e.row, e.column, e.value) for e in error.errors] == [
        (8, 2, "coadd_key", "x"),
        (9, 3, "coadd_key", ""),
    ]


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE VOTABLE SYSTEM "http://us-vo.org/xml/VOTable.dtd">',
        '<!DOCTYPE VOTABLE [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE VOTABLE [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE VOTABLE [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
    ],
)
def test_document_types_are_refused(prolog: str) -> None:
    assert "entity" in refused(votable(tabledata("5|1 2|j"), prolog=prolog)).detail


def test_data_in_another_document_are_never_fetched() -> None:
    stream = '<BINARY><STREAM href="http://127.0.0.1:9/data"/></BINARY>'
    assert "another document" in refused(votable(stream)).detail


@pytest.mark.parametrize(
    "text",
    [
        "<VOTABLE",
        "<a/>",
        "<VOTABLE><TABLE/></VOTABLE>",
        "<!DOCTYPE html><html><body>404</body></html>",
        "<",
        "<?xml?>",
    ],
)
def test_what_is_no_votable_is_refused(text: str) -> None:
    refused(text)


def test_a_row_longer_than_the_header_is_refused() -> None:
    assert "4 values for 3 columns" in refused(votable(tabledata("5|1 2|j|k"))).detail


def test_too_many_rows_stop_the_reading() -> None:
    with pytest.raises(TooLarge):
        parsed_request(
            Settings(max_rows=2), mode="coadd_keys", table=votable(tabledata("5|1|j", "6|1|j", "7|1|j"))
        )
