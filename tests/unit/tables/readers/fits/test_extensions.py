"""FITS tables: every table extension is read, and a damaged file is refused before it takes memory."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from skybatch.errors import InvalidRequest, TooLarge
from tests.support.tables.request_tables import parsed_upload
from tests.support.tables.table_reading import refusal, table_of, upload_of


def fits_bytes(*tables: Table) -> bytes:
    """A FITS file of binary tables."""
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), *[fits.BinTableHDU(table) for table in tables]]).writeto(out)
    return out.getvalue()


def fits_keys(content: bytes) -> Sequence[int | None]:
    """Keys of an uploaded FITS table."""
    return [row.coadd_key for row in parsed_upload("coadd_keys", content).rows]


KEYS = Table({"coadd_key": np.array([5, 6], dtype=">i2"), "flux": np.zeros((2, 3)), "band": ["j", "a"]})


def test_every_table_is_read_whatever_its_numbers_are() -> None:
    assert fits_keys(fits_bytes(KEYS, Table({"coadd_key": [9]}))) == [5, 6, 9]
    unsigned = Table({"coadd_key": np.array([2**31 - 1, 7], dtype="u4"), "id": np.array([1, 2])})
    assert fits_keys(fits_bytes(unsigned)) == [2**31 - 1, 7]


def test_an_ascii_table_extension_is_read() -> None:
    columns = [
        fits.Column(name="RA", format="F12.6", array=np.array([65.497627])),
        fits.Column(name="DEC", format="F12.6", array=np.array([19.53507])),
    ]
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.TableHDU.from_columns(columns)]).writeto(out)
    (row,) = parsed_upload("positions", out.getvalue()).rows
    assert row.position is not None
    assert (row.position.ra, row.position.dec) == (65.497627, 19.53507)


def test_single_precision_and_booleans_read_as_their_author_saw_them() -> None:
    table = Table({"ra": np.array([65.4976], "f4"), "dec": np.array([19.5351], "f4"), "best": [True]})
    (row,) = parsed_upload("positions", fits_bytes(table)).rows
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


def test_the_file_says_units_ucds_and_the_frame() -> None:
    hdu = fits.BinTableHDU(Table({"ra": [1.0], "dec": [2.0]}))
    cards = {"TUNIT1": "rad", "TUCD1": "pos.eq.ra;meta.main", "RADESYS": "FK4", "EQUINOX": 1950.0}
    hdu.header.update(cards)
    hdu.header["EXTNAME"] = "STARS"
    header = table_of(bytes_of(hdu)).header
    assert (header.columns[0].unit, header.columns[0].ucd) == ("rad", "pos.eq.ra;meta.main")
    assert (header.title, header.keywords) == ("STARS", {"radesys": "FK4", "equinox": "1950.0"})


def test_the_extension_of_a_catalogue_that_holds_a_header_is_passed_over() -> None:
    head = fits.BinTableHDU(Table({"Field Header Card": ["SIMPLE = T"]}), name="LDAC_IMHEAD")
    objects = fits.BinTableHDU(Table({"ra": [1.5], "dec": [2.5]}), name="LDAC_OBJECTS")
    upload = upload_of(bytes_of(head, objects))
    assert [(table.header.title, len(table)) for table in upload.tables] == [
        ("LDAC_IMHEAD", 0),
        ("LDAC_OBJECTS", 1),
    ]


def test_columns_of_variable_length_are_refused_by_name() -> None:
    column = fits.Column("spectrum", "PD()", array=np.array([np.zeros(2), np.zeros(3)], object))
    hdu = fits.BinTableHDU.from_columns([fits.Column("ra", "D", array=[1.0, 2.0]), column])
    assert refusal(bytes_of(hdu)).errors[0].column == "spectrum"


def bytes_of(*hdus: fits.BinTableHDU) -> bytes:
    """A file of extensions."""
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(out)
    return out.getvalue()
