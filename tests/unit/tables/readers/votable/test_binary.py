"""Binary serializations of a VOTable: read with their null values, refused where they do not fit."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from tests.support.tables.votable_documents import FIELDS, keys_of, refused, stream_of, votable


def packed_row(key: int, band: bytes) -> bytes:
    """A row of FIELDS as BINARY."""
    return struct.pack(">iffi", key, 1.0, 2.0, len(band)) + band


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


def test_a_votable_may_hold_a_fits_table() -> None:
    table = Table({"coadd_key": np.array([5, 6], dtype=">i2"), "flux": np.zeros((2, 3)), "band": ["j", "a"]})
    file = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU(table)]).writeto(file)
    assert keys_of(votable(stream_of(file.getvalue(), "FITS"))) == [(5, "j"), (6, "jhk")]
