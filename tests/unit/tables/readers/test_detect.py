"""The format, encoding and compression of an upload are detected by its content."""

from __future__ import annotations

import gzip
import io

import pytest
from astropy.table import Table
from skybatch.tables.readers.detect import decode, inflate, looks_like_xml, read_table

from skybatch.errors import InvalidRequest, TooLarge
from skybatch.tables.readers.model import ColumnSelection

SELECTION = ColumnSelection(frozenset({"coadd_key", "id"}), frozenset({"coadd_key"}), max_rows=10)
KEYS = Table({"coadd_key": [1590591, 7], "id": ["a", "b"]})
WRITERS = {
    "IPAC table": "ascii.ipac",
    "CSV table": "ascii.csv",
    "TSV table": "ascii.tab",
    "blank-separated table": "ascii.basic",
    "VOTable": "votable",
    "FITS table": "fits",
}


def written(kind: str) -> bytes:
    out = io.BytesIO()
    if WRITERS[kind].startswith("ascii."):
        text = io.StringIO()
        KEYS.write(text, format=WRITERS[kind])
        return text.getvalue().encode()
    KEYS.write(out, format=WRITERS[kind])
    return out.getvalue()


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kind", WRITERS)
def test_what_astropy_writes_is_read_in_every_format(kind: str, compressed: bool) -> None:
    content = gzip.compress(written(kind)) if compressed else written(kind)
    table = read_table(content, SELECTION, 1_000_000)
    assert table.kind == kind
    assert list(table.columns["coadd_key"]) == ["1590591", "7"]
    assert list(table.columns["id"]) == ["a", "b"]


def test_a_gzip_file_is_inflated_with_all_its_members_up_to_the_bound() -> None:
    packed = gzip.compress(b"a" * 50) + gzip.compress(b"b" * 50)
    assert inflate(packed, 100) == b"a" * 50 + b"b" * 50
    with pytest.raises(TooLarge):
        inflate(packed, 99)


@pytest.mark.parametrize("damage", [slice(0, 5), slice(0, -5), slice(12, None)])
def test_a_damaged_gzip_file_is_refused(damage: slice) -> None:
    packed = bytearray(gzip.compress(b"ra,dec\n" * 1000))
    with pytest.raises(InvalidRequest):
        inflate(bytes(packed[damage]), 100_000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_text_is_decoded_with_plain_line_ends(encoding: str) -> None:
    assert decode("é,ü\r\n1,2\r3".encode(encoding)) == "é,ü\n1,2\n3"


def test_bytes_that_no_text_holds_are_refused() -> None:
    with pytest.raises(InvalidRequest):
        decode(b"ra,dec\n1,2\n\x00")


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
