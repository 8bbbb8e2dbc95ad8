"""Quantized floats against astropy's functions; the random numbers against the standard's check."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io.fits.hdu.compressed._quantization import DITHER_METHODS, Quantize

from skybatch.errors import SourceUnsupported
from skybatch.fits.tiles.quantization import (
    Dither,
    dither_of,
    dither_of_pixels,
    random_numbers,
    to_floats,
)


@pytest.mark.parametrize("dither", list(Dither))
@pytest.mark.parametrize("row", [1, 2, 77, 9_999, 10_000, 10_001, 123_456])
@pytest.mark.parametrize("count", [5, 4096, 25_000])
def test_floats_are_astropys(dither: Dither, row: int, count: int) -> None:
    pixels = np.random.default_rng(row).integers(-5000, 5000, count).astype(np.int32)
    pixels[::7] = -2_147_483_646
    method = DITHER_METHODS[dither]
    quantize = Quantize(row=row, dither_method=method, quantize_level=None, bitpix=-64)
    expected = np.asarray(quantize.decode_quantized(pixels, 0.37, 12.5))
    random = None if dither is Dither.NONE else dither_of_pixels(row, 0, count)
    assert np.array_equal(to_floats(pixels, 0.37, 12.5, dither, random), expected)


@pytest.mark.parametrize("row", [1, 500, 10_000])
def test_a_part_of_a_tile_has_its_part_of_the_numbers(row: int) -> None:
    whole = dither_of_pixels(row, 0, 40_000)
    for start, count in ((0, 10), (9_400, 700), (9_999, 2), (20_000, 20_000), (39_999, 1), (5, 0)):
        assert np.array_equal(dither_of_pixels(row, start, count), whole[start : start + count])


def test_random_numbers_are_single_precision_below_one() -> None:
    numbers = random_numbers()
    assert numbers.shape == (10_000,)
    assert 0.0 < numbers.min() < numbers.max() < 1.0
    assert numbers[0] == np.float32(16807 / 2147483647)


def test_methods_by_the_value_of_the_card() -> None:
    assert dither_of(None) is dither_of("NONE") is dither_of("NO_DITHER") is Dither.NONE
    with pytest.raises(SourceUnsupported, match="ELSE"):
        dither_of("ELSE")
