"""Each kind of cell: what is taken, and what breaks its rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.fits.edge_mode import EdgeMode
from skybatch.requests import values
from skybatch.surveys.image_type import ImageType
from skybatch.validation import InvalidValue

TAKEN: list[tuple[Callable[[str], Any], str, Any]] = [
    (values.number, "+1.5e-3", 0.0015),
    (values.number, ".5", 0.5),
    (values.integer, "12.0", 12),
    (values.integer, "12.5", None),
    (values.flag, "Y", True),
    (values.flag, "off", False),
    (values.size, "50", 50.0),
    (values.size, "0", None),
    (values.size, "-1", None),
    (values.size, "NaN", None),
    (values.size, "648000", 648_000.0),
    (values.row_id, "x" * 15, "x" * 15),
    (values.bands, "Ks", ("k",)),
    (values.bands, "A", ("j", "h", "k")),
    (values.bands, "KJ", ("j", "k")),
    (values.bands, "K,H", ("h", "k")),
    (values.bands, "J+Ks", ("j", "k")),
    (values.bands, "jhks", ("j", "h", "k")),
    (values.coadd_key, "1590591", 1590591),
    (values.coadd_key, "2147483647.", 2147483647),
    (values.xdate, "000229", "000229"),
    (values.hemisphere, "North", "n"),
    (values.scan, "069", 69),
    (values.image, "0", None),
    (values.image, "-3", None),
    (values.image, "nan", None),
    (values.image, "197", 197),
    (values.row_number, "7", 7),
    (values.image_type, "q", ImageType.QUICKLOOK),
    (values.edge_mode, "Pad", EdgeMode.PAD),
    (values.image_type, "Atlas", ImageType.ATLAS),
    (values.object_name, "  NGC   7479 ", "NGC 7479"),
]
INVALID: list[tuple[Callable[[str], Any], str]] = [
    *((values.number, text) for text in ("", "1,5", "0x1", "nan", "inf", "1e999", "1_0", "٣")),
    *((values.flag, text) for text in ("", "maybe", "2")),
    *((values.size, text) for text in ("50 arcsec", "648000.1", "")),
    *((values.row_id, text) for text in ("x" * 201, "a\nb", "\u202e")),
    *((values.bands, text) for text in ("x", "jx", ",")),
    *((values.coadd_key, text) for text in ("0", "-1", "2147483648", "1.5", "x")),
    *((values.xdate, text) for text in ("2000-08-04", "000230", "0008", "000804 ", "٠٠٠٨٠٤")),
    *((values.hemisphere, text) for text in ("e", "", "nn")),
    *((values.scan, text) for text in ("0", "1000", "x")),
    *((values.image, text) for text in ("x", "2147483648", "1.5")),
    *((values.row_number, text) for text in ("0", "x")),
    *((values.image_type, text) for text in ("photo", "")),
    *((values.edge_mode, text) for text in ("wrap", "")),
    *((values.object_name, text) for text in ("", "   ", "x" * 101, "a\x00b")),
]


@pytest.mark.parametrize(("parse", "text", "value"), TAKEN)
def test_a_valid_cell_has_its_value(parse: Callable[[str], Any], text: str, value: object) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(("parse", "text"), INVALID)
def test_an_invalid_cell_breaks_its_rule(parse: Callable[[str], Any], text: str) -> None:
    with pytest.raises(InvalidValue):
        parse(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_that_python_writes_is_read_back(value: float) -> None:
    assert values.number(repr(value)) == value


@given(st.dates(min_value=datetime(1950, 1, 1).date(), max_value=datetime(2049, 12, 31).date()))
def test_every_day_of_a_century_is_a_date(day: Any) -> None:
    assert values.xdate(day.strftime("%y%m%d")) == day.strftime("%y%m%d")


@given(st.text(alphabet="0123456789", min_size=6, max_size=6))
def test_a_date_is_one_exactly_if_the_calendar_has_it(text: str) -> None:
    century = "19" if int(text[:2]) >= 50 else "20"
    try:
        datetime.strptime(century + text, "%Y%m%d")
    except ValueError:
        with pytest.raises(InvalidValue):
            values.xdate(text)
    else:
        assert values.xdate(text) == text


def test_a_choice_is_given_back_as_it_is_listed() -> None:
    assert values.choice("FITS.GZ", ("fits", "fits.gz")) == "fits.gz"
    with pytest.raises(InvalidValue, match=r"fits, fits\.gz"):
        values.choice("png", ("fits", "fits.gz"))
