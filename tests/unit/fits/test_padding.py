"""Blank pixels around a crop: numpy's pad, NaN or BLANK, and cards that say so."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.header import Header, parse_header
from skybatch.fits.padding import pad_pixels
from skybatch.fits.pixel_box import Padding, PixelBox
from tests.support.images.fits_files import CardValue, make_image
from tests.support.images.fits_oracle import cards

TYPES = {8: ">u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
PADDINGS = [Padding(left=3), Padding(right=2), Padding(bottom=1), Padding(top=4), Padding(1, 2, 3, 4)]
LOWEST = {8: 255, 16: -(2**15), 32: -(2**31), 64: -(2**63)}


def header_of(bitpix: int, **more: CardValue) -> Header:
    return parse_header(b"".join(cards(make_image(nx=20, ny=20, bitpix=bitpix, cards=more))))


def keywords(added: bytes) -> fits.Header:
    return fits.Header.fromstring(added)


@pytest.mark.parametrize("bitpix", TYPES)
@pytest.mark.parametrize("padding", PADDINGS)
def test_the_image_stands_within_blank_pixels_as_numpy_pads(bitpix: int, padding: Padding) -> None:
    inside = np.arange(12).reshape(3, 4).astype(TYPES[bitpix])
    data, added = pad_pixels(header_of(bitpix), PixelBox(0, 0, 4, 3, padding), inside.tobytes())
    around = ((padding.bottom, padding.top), (padding.left, padding.right))
    blank = LOWEST.get(bitpix, np.nan)
    expected = np.pad(inside, around, constant_values=blank)
    found = np.frombuffer(data, TYPES[bitpix]).reshape(expected.shape)
    assert np.array_equal(found, expected, equal_nan=bitpix < 0)
    header = keywords(added)
    assert header["CUTEDGE"] == "pad"
    assert header.get("BLANK") == LOWEST.get(bitpix)


@pytest.mark.parametrize("bitpix", TYPES)
def test_a_box_within_its_image_is_left_as_it_is(bitpix: int) -> None:
    pixels = bytes(abs(bitpix) // 8 * 6)
    assert pad_pixels(header_of(bitpix), PixelBox(0, 0, 3, 2), pixels) == (pixels, b"")


def test_the_images_own_blank_is_used_and_not_written_again() -> None:
    pixels = np.array([1, -999, 3], ">i2").tobytes()
    data, added = pad_pixels(header_of(16, BLANK=-999), PixelBox(0, 0, 3, 1, Padding(left=1)), pixels)
    assert np.frombuffer(data, ">i2").tolist() == [-999, 1, -999, 3]
    assert "BLANK" not in keywords(added)


@pytest.mark.parametrize(
    ("bitpix", "values", "blank"),
    [(16, [-32768, -32767, 5], -32766), (8, [255, 254, 0], 253), (32, [-(2**31), 0, 1], -(2**31) + 1)],
)
def test_no_pixel_of_the_image_becomes_blank(bitpix: int, values: list[int], blank: int) -> None:
    pixels = np.array(values, TYPES[bitpix]).tobytes()
    data, added = pad_pixels(header_of(bitpix), PixelBox(0, 0, 3, 1, Padding(right=1)), pixels)
    assert np.frombuffer(data, TYPES[bitpix]).tolist() == [*values, blank]
    assert keywords(added)["BLANK"] == blank


def test_bytes_of_every_value_cannot_be_padded() -> None:
    with pytest.raises(SourceUnsupported, match="BLANK"):
        pad_pixels(header_of(8), PixelBox(0, 0, 16, 16, Padding(left=1)), bytes(range(256)))


@pytest.mark.parametrize(("bitpix", "blank"), [(16, 1.5), (16, 40_000), (16, "none"), (8, -1), (16, True)])
def test_a_blank_that_no_pixel_can_have_is_damage(bitpix: int, blank: CardValue) -> None:
    header = header_of(bitpix, BLANK=blank)
    header.check([PixelBox(0, 0, 3, 1)])
    with pytest.raises(SourceDamaged, match="BLANK"):
        header.check([PixelBox(0, 0, 3, 1, Padding(left=1))])
