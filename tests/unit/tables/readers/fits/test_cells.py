"""Cells of FITS tables are the numbers and texts that astropy reads."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits

from skybatch.errors import InvalidRequest
from skybatch.tables.readers.fits.cells import Form
from skybatch.tables.readers.fits.header import Cards
from tests.support.tables.table_reading import refusal, rows_in, selecting

SELECT = selecting("a")


def cells_of(hdu: fits.BinTableHDU | fits.TableHDU) -> list[str | None]:
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(out)
    return [row["a"] for row in rows_in(out.getvalue(), SELECT)]


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("B", [0, 255]),
        ("I", [-(2**15), 7]),
        ("J", [-(2**31), 2**31 - 1]),
        ("K", [-(2**63), 2**63 - 1]),
        ("D", [0.1, -1e300]),
        ("E", [0.5, -0.25]),
    ],
)
def test_numbers_are_exact(form: str, values: list[float]) -> None:
    hdu = fits.BinTableHDU.from_columns([fits.Column("a", form, array=np.array(values))])
    assert [type(values[0])(text or "") for text in cells_of(hdu)] == values


def test_single_precision_reads_as_its_author_saw_it() -> None:
    array = np.array([65.4976, 1e-7, np.nan], "f4")
    assert cells_of(fits.BinTableHDU.from_columns([fits.Column("a", "E", array=array)])) == [
        "65.4976",
        "1e-07",
        None,
    ]


@pytest.mark.parametrize(("form", "zero"), [("I", 2**15), ("J", 2**31), ("K", 2**63)])
def test_unsigned_integers_are_exact(form: str, zero: int) -> None:
    values = np.array([0, 2 * zero - 1], f"u{ {'I': 2, 'J': 4, 'K': 8}[form] }")
    hdu = fits.BinTableHDU.from_columns([fits.Column("a", form, bzero=zero, array=values)])
    assert cells_of(hdu) == [str(value) for value in values.tolist()]


def test_scaled_numbers_and_nulls_are_those_of_astropy() -> None:
    hdu = fits.BinTableHDU.from_columns([fits.Column("a", "I", array=np.array([2, 5]))])
    hdu.header["TSCAL1"], hdu.header["TZERO1"] = 0.5, 10.0
    assert [float(text or "nan") for text in cells_of(hdu)] == [11.0, 12.5]
    nulled = fits.BinTableHDU.from_columns([fits.Column("a", "J", null=-5, array=np.array([-5, 5]))])
    assert cells_of(nulled) == [None, "5"]


def test_texts_and_logicals_are_read() -> None:
    texts = fits.BinTableHDU.from_columns([fits.Column("a", "5A", array=["M 31", "", "null"])])
    assert cells_of(texts) == ["M 31", None, None]
    logicals = fits.BinTableHDU.from_columns([fits.Column("a", "L", array=[True, False])])
    assert cells_of(logicals) == ["y", "n"]


@pytest.mark.parametrize(
    ("form", "values"), [("F10.4", [1.5, -2.25]), ("E12.4", [1.5e10, 2.0]), ("I6", [3, -4])]
)
def test_ascii_tables_are_read(form: str, values: list[float]) -> None:
    hdu = fits.TableHDU.from_columns([fits.Column("a", form, array=np.array(values))])
    assert [float(text or "nan") for text in cells_of(hdu)] == values


@pytest.mark.parametrize("form", ["2D", "C", "3X", "M"])
def test_a_wanted_column_of_arrays_or_complex_numbers_is_refused(form: str) -> None:
    hdu = fits.BinTableHDU.from_columns([fits.Column("a", form)], nrows=1)
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(out)
    assert refusal(out.getvalue(), SELECT).errors[0].column == "a"


@pytest.mark.parametrize("form", ["PD(3)", "1QJ", "Z", "", "99999999999D"])
def test_forms_that_are_not_read_are_refused(form: str) -> None:
    with pytest.raises(InvalidRequest):
        Form.of_binary(Cards({"TFORM1": form}), 1, "a", 0)


@pytest.mark.parametrize(
    "cards", [{"TFORM1": "I6"}, {"TFORM1": "I6", "TBCOL1": "3"}, {"TFORM1": "X6", "TBCOL1": "9"}]
)
def test_ascii_fields_that_overlap_are_refused(cards: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        Form.of_ascii(Cards(cards), 1, "a", 5)
