"""VOTable documents: the first table counts, and nothing outside the document is ever read."""

from __future__ import annotations

import pytest

from skybatch.errors import TooLarge
from skybatch.settings import Settings
from tests.support.request_tables import parsed_request
from tests.support.votable_documents import keys_of, refused, tabledata, votable


def test_the_first_table_counts() -> None:
    assert keys_of(votable(tabledata("5|1 2|j", "6||"))) == [(5, "j"), (6, "jhk")]


def test_a_prefix_and_a_reference_to_a_definition_are_taken() -> None:
    prolog = '<!DOCTYPE VOTABLE SYSTEM "http://us-vo.org/xml/VOTable.dtd">\n'
    plain = votable(tabledata("5|1 2|j"), prolog=prolog)
    assert keys_of(plain) == [(5, "j")]
    prefixed = votable(tabledata("5|1 2|j")).replace("<", "<v:").replace("<v:/", "</v:").replace("<v:?", "<?")
    assert keys_of(prefixed.replace("xmlns=", "xmlns:v=")) == [(5, "j")]


def test_an_error_names_the_line_of_the_row() -> None:
    error = refused(votable(tabledata("5|1 2|j", "x|1 2|j", "-1|1 2|j")))
    assert [(e.line, e.row, e.column, e.value) for e in error.errors] == [
        (8, 2, "coadd_key", "x"),
        (9, 3, "coadd_key", ""),
    ]


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE VOTABLE [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE VOTABLE [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE VOTABLE [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
    ],
)
def test_entities_are_refused(prolog: str) -> None:
    assert "entity" in refused(votable(tabledata("5|1 2|&a;"), prolog=prolog)).detail


def test_data_in_another_document_are_never_fetched() -> None:
    stream = '<BINARY><STREAM href="http://127.0.0.1:9/data"/></BINARY>'
    assert "another document" in refused(votable(stream)).detail


@pytest.mark.parametrize(
    "document",
    [
        "<VOTABLE",
        "<a/>",
        "<VOTABLE><TABLE/></VOTABLE>",
        "<!DOCTYPE html><html><body>404</body></html>",
        "<",
        "<?xml?>",
    ],
)
def test_what_is_no_votable_is_refused(document: str) -> None:
    refused(document)


def test_a_row_longer_than_the_header_is_refused() -> None:
    assert "4 values for 3 columns" in refused(votable(tabledata("5|1 2|j|k"))).detail


def test_too_many_rows_stop_the_reading() -> None:
    with pytest.raises(TooLarge):
        parsed_request(
            Settings(max_rows=2), mode="coadd_keys", table=votable(tabledata("5|1|j", "6|1|j", "7|1|j"))
        )
