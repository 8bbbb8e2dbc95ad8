"""Headers of FITS tables, read as astropy reads them, and lengths that are bounded."""

from __future__ import annotations

import pytest
from astropy.io import fits

from skybatch.errors import InvalidRequest
from skybatch.tables.readers.fits.header import Cards, data_bytes, padded, read_header


def test_cards_are_read_as_astropy_reads_them() -> None:
    header = fits.Header(
        [("XTENSION", "BINTABLE"), ("TTYPE1", "it's"), ("TSCAL1", 1.5, "scale"), ("NAXIS1", 8)]
    )
    cards, start = read_header(b"x" * 80 + header.tostring().encode(), 80)
    assert start == 80 + 2880
    assert cards.text("TTYPE1") == "it's"
    assert cards.number("TSCAL1", 0.0) == 1.5
    assert cards.count("NAXIS1") == 8
    assert (cards.text("TUNIT1"), cards.count("NAXIS2"), cards.number("TZERO1", 2.0)) == ("", 0, 2.0)


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "9" * 19])
def test_counts_are_whole_numbers(text: str) -> None:
    with pytest.raises(InvalidRequest):
        Cards({"NAXIS1": text}).count("NAXIS1")


@pytest.mark.parametrize("text", ["x", "nan", "1e999"])
def test_numbers_are_finite(text: str) -> None:
    with pytest.raises(InvalidRequest):
        Cards({"TZERO1": text}).number("TZERO1", 0.0)
    assert Cards({"TZERO1": "1.5D1"}).number("TZERO1", 0.0) == 15.0


def test_a_header_without_an_end_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        read_header(b" " * 2880, 0)


def test_the_length_of_the_data_is_that_of_the_standard() -> None:
    axes = {"BITPIX": "-32", "NAXIS": "2", "NAXIS1": "10", "NAXIS2": "3"}
    assert data_bytes(Cards(axes)) == 120
    assert data_bytes(Cards({**axes, "PCOUNT": "5", "GCOUNT": "2"})) == 4 * 2 * (5 + 30)
    assert data_bytes(Cards({"BITPIX": "8", "NAXIS": "0"})) == 0


@pytest.mark.parametrize(
    "cards", [{"BITPIX": "8", "NAXIS": "1000"}, {"BITPIX": "7", "NAXIS": "1"}, {"NAXIS": "1"}]
)
def test_a_length_that_cannot_be_is_refused(cards: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        data_bytes(Cards(cards))


def test_lengths_are_rounded_to_blocks() -> None:
    assert [padded(length) for length in (0, 1, 2880, 2881)] == [0, 2880, 2880, 5760]
