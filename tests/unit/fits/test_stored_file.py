"""Whole stored files: what gzip and plain files give back, and what their end tells."""

from __future__ import annotations

import gzip

import pytest

from skybatch.errors import SourceDamaged, SourceError, SourceUnsupported
from skybatch.fits.readers import PlainReader
from skybatch.fits.stored_file import check_end, decompress_untiled, read_stored_header
from tests.support.images.fits_files import make_image

IMAGE = make_image(nx=100, ny=120)
PIXELS_END = 4 * 2880 + 48_000


@pytest.mark.parametrize("stored", [IMAGE, gzip.compress(IMAGE)], ids=["plain", "gzip"])
def test_the_plain_file_comes_back(stored: bytes) -> None:
    assert decompress_untiled(stored) == IMAGE


def test_missing_padding_is_made_up() -> None:
    assert decompress_untiled(IMAGE[:PIXELS_END]) == IMAGE


@pytest.mark.parametrize("stored", [IMAGE[:11520], gzip.compress(IMAGE)[:9000]], ids=["plain", "gzip"])
def test_a_header_needs_only_the_first_bytes(stored: bytes) -> None:
    header = read_stored_header(stored)
    assert (header.naxis1, header.naxis2) == (100, 120)


ENDS: dict[str, tuple[bytes, type[SourceError] | None]] = {
    "padded": (IMAGE, None),
    "unpadded": (IMAGE[:PIXELS_END], None),
    "blocks of zeros": (IMAGE + bytes(2880), None),
    "a pixel short": (IMAGE[: PIXELS_END - 1], SourceDamaged),
    "more bytes": (IMAGE + b"\1", SourceDamaged),
    "another HDU": (IMAGE + b"XTENSION= 'IMAGE   '".ljust(2880), SourceUnsupported),
}


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("position", [4 * 2880, PIXELS_END - 400])
def test_the_end_of_a_file_is_that_of_its_pixels(name: str, position: int) -> None:
    """From the first pixel on, or from the last row."""
    stored, error = ENDS[name]
    reader = PlainReader(stored)
    reader.skip(position)
    if error is None:
        check_end(reader, read_stored_header(stored), position)
        return
    with pytest.raises(error):
        check_end(reader, read_stored_header(stored), position)
