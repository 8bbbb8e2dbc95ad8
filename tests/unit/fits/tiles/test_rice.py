"""RICE_1 streams against astropy's encoder; cut short or with bytes behind them they are damage."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from astropy.io.fits.hdu.compressed._codecs import Rice1

from skybatch.errors import SourceDamaged
from skybatch.fits.tiles.rice import decode_rice

COUNT = 3000


def encoded(size: int) -> tuple[bytes, np.ndarray]:
    pixels = np.random.default_rng(size).integers(-100, 100, COUNT).astype(f"i{size}")
    pixels[500:700] = 3
    return bytes(Rice1(blocksize=32, bytepix=size, tilesize=COUNT).encode(pixels)), pixels


@pytest.mark.parametrize("size", [1, 2, 4])
def test_pixels_are_those_that_were_encoded(size: int) -> None:
    stream, pixels = encoded(size)
    assert np.array_equal(decode_rice(stream, COUNT, size, 32).view(pixels.dtype), pixels)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_stream_of_another_length_is_damage(size: int) -> None:
    stream, _ = encoded(size)
    for cut in [*range(1, len(stream), 97), len(stream)]:
        with pytest.raises(SourceDamaged):
            decode_rice(stream[:-cut], COUNT, size, 32)
    with pytest.raises(SourceDamaged):
        decode_rice(stream + bytes(9), COUNT, size, 32)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_changed_bits_never_crash(size: int) -> None:
    stream, rng = encoded(size)[0], np.random.default_rng(1)
    for _ in range(1000):
        other = bytearray(stream)
        other[rng.integers(len(other))] ^= 1 << rng.integers(8)
        with suppress(SourceDamaged):
            assert decode_rice(bytes(other), COUNT, size, 32).size == COUNT


@pytest.mark.parametrize(("size", "block"), [(3, 32), (8, 32), (4, 0), (4, 1 << 20), (4, -1)])
def test_parameters_that_no_stream_has_are_damage(size: int, block: int) -> None:
    with pytest.raises(SourceDamaged, match="RICE_1"):
        decode_rice(bytes(100), 10, size, block)
