"""Header cards against astropy's: values read, numbers moved, strings written."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from astropy.io import fits
from hypothesis import assume, given
from hypothesis import strategies as st

from skybatch.errors import SourceDamaged
from skybatch.fits.cards import Value, parse_integer, parse_value, string_cards, told, with_number, with_shift

printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=300)
words = st.from_regex(r"[+-]?[0-9]{1,9}(\.[0-9]{0,10})?(E[+-]?[0-9]{1,2})?", fullmatch=True)


def card(text: str) -> bytes:
    return text.encode().ljust(80)


@given(
    st.one_of(st.booleans(), st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False))
)
def test_numbers_read_as_astropy_writes_them(number: float) -> None:
    assert parse_value(str(fits.Card("KEY", number, "why")).encode()) == pytest.approx(number, rel=1e-12)


@given(printable)
def test_strings_are_read_back_by_astropy(text: str) -> None:
    assume("'/" not in text)  # astropy ends a string at a quote before a slash, though it is doubled
    header = fits.Header.fromstring(string_cards("CUTFILE", text, "where from"))
    assert header["CUTFILE"] == text.rstrip()


@pytest.mark.parametrize("text", ["'/", "a'/b", "''/'"])
def test_quotes_before_slashes_are_doubled(text: str) -> None:
    (written,) = re.findall(
        rb"^CUTFILE = '((?:[^']|'')*)' */ where from *$", string_cards("CUTFILE", text, "where from")
    )
    assert written.decode().rstrip() == text.replace("'", "''")
    assert parse_value(string_cards("CUTFILE", text, "where from")) == text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A       = 'it''s   '  / x", "it's"),
        ("A       =", None),
        ("A       =   / nothing", None),
        ("A       = 1.5D3 / free format", 1500.0),
        ("A       =                    F", False),
        ("COMMENT   words", None),
    ],
)
def test_values(line: str, expected: object) -> None:
    assert parse_value(card(line)) == expected


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "missing"), (True, "T"), (False, "F"), ("it's", '"it\'s"'), (-3, "-3"), (1.5, "1.5")],
)
def test_values_are_told_as_headers_have_them(value: Value, words: str) -> None:
    assert told(value) == words


@given(words, st.integers(0, 4000))
def test_a_moved_pixel_is_the_exact_difference(word: str, pixels: int) -> None:
    moved = with_shift(card(f"CRPIX1  = {word:>20} / pixel"), pixels)
    exact = Decimal(word) - pixels
    assert len(moved) == 80
    assert float(fits.Card.fromstring(moved).value) == pytest.approx(float(exact), rel=1e-12)
    assert fits.Card.fromstring(moved).comment == "pixel"


def test_a_moved_pixel_leaves_the_rest_of_its_card() -> None:
    old = b"CRPIX2  =                512.5 /   Axis 2 Reference Pixel".ljust(80)
    assert with_shift(old, 475) == b"CRPIX2  =                 37.5 /   Axis 2 Reference Pixel".ljust(80)
    assert with_shift(old, 0) == old
    assert with_shift(card("CRPIX1  = 8.D0/c"), 10) == card("CRPIX1  =  -2./c")
    assert with_number(card("NAXIS1  = 9 / free"), "1024") == card("NAXIS1  = 1024 / free")


@pytest.mark.parametrize("word", ["", "/", "'12'", "NaN", "1_2", "12.", "0x1", "T", "1E3"])
def test_what_is_no_integer(word: str) -> None:
    with pytest.raises(SourceDamaged, match="no integer"):
        parse_integer(card(f"NAXIS1  = {word:>20}"))


@pytest.mark.parametrize("word", ["", "NaN", "inf", "1E9999", "1_2.5", "--1", "'12'"])
def test_what_is_no_number(word: str) -> None:
    with pytest.raises(SourceDamaged, match="no number"):
        with_shift(card(f"CRPIX1  = {word:>20}"), 1)
