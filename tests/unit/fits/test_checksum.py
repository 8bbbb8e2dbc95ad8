"""Checksums of HDUs: astropy computes and verifies them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from skybatch.fits import checksum
from skybatch.fits.header import find_end, with_end


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_checksums_as_astropy_computes_them(data: bytes, start: bytes) -> None:
    hdu = fits.PrimaryHDU()
    before = checksum.ones_complement_sum(start)
    padded = np.frombuffer(data + bytes(-len(data) % 4), np.uint8)
    total = checksum.ones_complement_sum(data, before)
    assert total == hdu._compute_checksum(padded, np.uint32(before))
    assert checksum.encode_checksum(total).decode() == hdu._char_encode(~np.uint32(total))


def test_a_whole_file_sums_to_minus_zero() -> None:
    stored = io.BytesIO()
    fits.PrimaryHDU(np.arange(100, dtype=np.int16)).writeto(stored, checksum=True)
    assert checksum.ones_complement_sum(stored.getvalue()) == 0xFFFFFFFF


def with_checksums(pixels: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> bytes:
    stored = io.BytesIO()
    fits.PrimaryHDU(pixels).writeto(stored, checksum=True)
    return stored.getvalue()


@pytest.mark.parametrize("value", [0, 1, -7, 32767])
def test_updated_checksums_are_those_astropy_verifies(value: int) -> None:
    """A header with the checksums of other pixels, brought up to date."""
    stale = with_checksums(np.arange(1440, dtype=np.int16))
    data = np.full(1440, value, ">i2").tobytes()
    header = with_end(stale[: find_end(stale)])
    checksum.update_checksums(header, data)
    with fits.open(io.BytesIO(header + data)) as hdus:
        assert (hdus[0].verify_checksum(), hdus[0].verify_datasum()) == (1, 1)
    assert checksum.ones_complement_sum(header + data) == 0xFFFFFFFF


def test_a_header_without_checksums_stays_as_it_is() -> None:
    stored = io.BytesIO()
    fits.PrimaryHDU(np.zeros(10, np.int16)).writeto(stored)
    plain = stored.getvalue()
    header = with_end(plain[: find_end(plain)])
    before = bytes(header)
    checksum.update_checksums(header, b"\1\2")
    assert header == before


def test_text_within_a_card_is_not_taken_for_a_checksum() -> None:
    cards = b"COMMENT CHECKSUM= '0000000000000000'".ljust(80) + b"COMMENT DATASUM = '0'".ljust(80)
    header = with_end(cards)
    checksum.update_checksums(header, b"\1\2\3\4")
    assert header == with_end(cards)
