"""VOTable and FITS uploads: damage, traps, and what they say beside their cells."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Sequence

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from skybatch.errors import InvalidRequest, TooLarge
from skybatch.settings import Settings
from tests.support.request_tables import request_of, upload_of

FIELDS = """<FIELD name="coadd_key" datatype="int"><VALUES null="-1"/></FIELD>
<FIELD name="note" datatype="float" arraysize="2"/>
<FIELD ID="band" datatype="char" arraysize="*"/>"""


def votable(data: str, fields: str = FIELDS, head: str = "", prolog: str = "") -> str:
    """A VOTable around some data."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
{prolog}<VOTABLE xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE>{head}<TABLE>
{fields}
<DATA>{data}</DATA></TABLE>
<TABLE><FIELD name="coadd_key" datatype="int"/>
<DATA><TABLEDATA><TR><TD>99</TD></TR></TABLEDATA></DATA></TABLE>
</RESOURCE></VOTABLE>"""


def tabledata(*rows: str) -> str:
    """Rows of cells separated by bars."""
    cells = ("".join(f"<TD>{cell}</TD>" for cell in row.split("|")) for row in rows)
    return "<TABLEDATA>\n" + "\n".join(f"<TR>{row}</TR>" for row in cells) + "\n</TABLEDATA>"


def keys_of(table: str) -> list[tuple[int | None, str]]:
    """Keys and bands of a coadd key table."""
    rows = request_of(mode="coadd_keys", table=table).rows
    return [(row.coadd_key, "".join(row.bands)) for row in rows]


def refused(table: str) -> InvalidRequest:
    """The error a coadd key table meets."""
    with pytest.raises(InvalidRequest) as caught:
        request_of(mode="coadd_keys", table=table)
    return caught.value


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


def test_data_elsewhere_are_never_fetched() -> None:
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
        request_of(
            Settings(max_rows=2), mode="coadd_keys", table=votable(tabledata("5|1|j", "6|1|j", "7|1|j"))
        )


def packed_row(key: int, band: bytes) -> bytes:
    """A row of FIELDS as BINARY."""
    return struct.pack(">iffi", key, 1.0, 2.0, len(band)) + band


def stream_of(content: bytes, serialization: str = "BINARY") -> str:
    """The DATA of a binary serialization."""
    text = base64.b64encode(content).decode()
    return f'<{serialization}><STREAM encoding="base64">\n{text}\n</STREAM></{serialization}>'


def test_binary_rows_are_read_with_their_null_value() -> None:
    content = packed_row(5, b"j") + packed_row(6, b"")
    assert keys_of(votable(stream_of(content))) == [(5, "j"), (6, "jhk")]
    error = refused(votable(stream_of(packed_row(-1, b"j"))))
    assert [(e.row, e.line, e.rule) for e in error.errors] == [(1, None, "must not be empty")]


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (packed_row(5, b"j")[:-1], FIELDS),
        (packed_row(5, b"j")[:6], FIELDS),
        (struct.pack(">iffi", 5, 1, 2, 2**31 - 1), FIELDS),
        (struct.pack(">iffi", 5, 1, 2, -1), FIELDS),
        (b"12345678", '<FIELD name="coadd_key" datatype="int" arraysize="999999999"/>'),
        (b"12345678", '<FIELD name="coadd_key" datatype="int" arraysize="9999999999999"/>'),
        (b"12345678", '<FIELD name="coadd_key" datatype="int" arraysize="*x*"/>'),
        (b"12345678", '<FIELD name="coadd_key" datatype="int" arraysize="-1"/>'),
        (b"12345678", '<FIELD name="coadd_key" datatype="int" arraysize="0"/>'),
        (b"12345678", '<FIELD name="coadd_key" datatype="quadruple"/>'),
    ],
)
def test_binary_data_that_do_not_fit_their_header_are_refused(content: bytes, fields: str) -> None:
    for serialization in ("BINARY", "BINARY2"):
        refused(votable(stream_of(content, serialization), fields))


def test_a_stream_that_is_no_base64_is_refused() -> None:
    assert "base64" in refused(votable("<BINARY><STREAM>!!!</STREAM></BINARY>")).detail


def fits_bytes(*tables: Table) -> bytes:
    """A FITS file of binary tables."""
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), *[fits.BinTableHDU(table) for table in tables]]).writeto(out)
    return out.getvalue()


def fits_keys(content: bytes) -> Sequence[int | None]:
    """Keys of an uploaded FITS table."""
    return [row.coadd_key for row in upload_of("coadd_keys", content).rows]


KEYS = Table({"coadd_key": np.array([5, 6], dtype=">i2"), "flux": np.zeros((2, 3)), "band": ["j", "a"]})


def test_a_votable_may_hold_a_fits_table() -> None:
    assert keys_of(votable(stream_of(fits_bytes(KEYS), "FITS"))) == [(5, "j"), (6, "jhk")]


def test_the_first_table_of_a_fits_file_counts_whatever_its_numbers_are() -> None:
    assert fits_keys(fits_bytes(KEYS, Table({"coadd_key": [9]}))) == [5, 6]
    unsigned = Table({"coadd_key": np.array([2**31 - 1, 7], dtype="u4"), "id": np.array([1, 2])})
    assert fits_keys(fits_bytes(unsigned)) == [2**31 - 1, 7]


def test_an_ascii_table_extension_is_read() -> None:
    columns = [
        fits.Column(name="RA", format="F12.6", array=np.array([65.497627])),
        fits.Column(name="DEC", format="F12.6", array=np.array([19.53507])),
    ]
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.TableHDU.from_columns(columns)]).writeto(out)
    (row,) = upload_of("positions", out.getvalue()).rows
    assert row.position is not None
    assert (row.position.ra, row.position.dec) == (65.497627, 19.53507)


def test_single_precision_and_booleans_read_as_their_author_saw_them() -> None:
    table = Table({"ra": np.array([65.4976], "f4"), "dec": np.array([19.5351], "f4"), "best": [True]})
    (row,) = upload_of("positions", fits_bytes(table)).rows
    assert row.position is not None
    assert (row.position.ra, row.position.dec, row.best_only) == (65.4976, 19.5351, True)


def rewritten(content: bytes, old: str, new: str) -> bytes:
    """The file with one card changed."""
    assert old.encode() in content
    return content.replace(old.encode(), new.encode().ljust(len(old)))


@pytest.mark.parametrize(
    "content",
    [
        fits_bytes(),
        fits_bytes(KEYS)[:2880],
        fits_bytes(KEYS)[:-2880],
        rewritten(fits_bytes(KEYS), "NAXIS2  =                    2", "NAXIS2  =            999999999"),
        rewritten(fits_bytes(KEYS), "NAXIS2  =                    2", "NAXIS2  =                   -2"),
        rewritten(fits_bytes(KEYS), "NAXIS1  =                   27", "NAXIS1  =                    3"),
        rewritten(fits_bytes(KEYS), "TFORM1  = 'I       '", "TFORM1  = '999999I '"),
        rewritten(fits_bytes(KEYS), "TFORM1  = 'I       '", "TFORM1  = 'Z       '"),
        rewritten(fits_bytes(KEYS), "TFIELDS =                    3", "TFIELDS =                  999"),
        fits_bytes(Table({"coadd_key": np.zeros((1, 2), int)})),
        fits_bytes(Table({"coadd_key": np.zeros(1, complex)})),
        b"SIMPLE  =",
    ],
)
def test_a_fits_file_that_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises((InvalidRequest, TooLarge)):
        fits_keys(content)
