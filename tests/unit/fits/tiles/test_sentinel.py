"""Sentinels behind streams: seen where signs are missing, and not where all are there."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io.fits.hdu.compressed._compression import decompress_hcompress_1_c
from numpy.typing import NDArray

from skybatch.fits.tiles import hcompress
from skybatch.fits.tiles.sentinel import SENTINEL, ends_in_sentinel_signs, with_sentinel


def sample(shape: tuple[int, int]) -> NDArray[np.int32]:
    return np.random.default_rng(shape[1]).integers(-200, 3000, shape, dtype=np.int32)


def decoded(stream: bytes, shape: tuple[int, int]) -> NDArray[np.int32]:
    """What astropy decodes of a stream and what follows it."""
    data = decompress_hcompress_1_c(with_sentinel(stream, 50_000), *shape, 0, 0, 4)
    return np.frombuffer(data, np.int32).reshape(shape)


@pytest.mark.parametrize("length", [0, 1, 4, 1000])
def test_at_least_as_many_bytes_follow(length: int) -> None:
    followed = with_sentinel(memoryview(b"stream"), length)
    assert followed.startswith(b"stream" + SENTINEL)
    assert len(followed) >= len(b"stream") + length


def test_no_place_of_a_sentinel_has_four_equal_bits() -> None:
    bits = f"{int.from_bytes(SENTINEL * 3, 'big'):096b}"
    assert "0000" not in bits
    assert "1111" not in bits


@pytest.mark.parametrize("shape", [(16, 16), (17, 33), (48, 64), (33, 20)])
@pytest.mark.parametrize("scale", [4, 16])
def test_missing_signs_are_seen_and_whole_streams_are_sound(shape: tuple[int, int], scale: int) -> None:
    stream = hcompress.encode(sample(shape), scale)
    assert not ends_in_sentinel_signs(decoded(stream, shape), scale)
    for missing in (5, 8, 13):
        assert ends_in_sentinel_signs(decoded(stream[:-missing], shape), scale), missing


def test_small_scales_and_few_signs_tell_nothing() -> None:
    pixels = sample((16, 16))
    assert not ends_in_sentinel_signs(decoded(hcompress.encode(pixels, 1)[:-8], (16, 16)), 1)
    assert not ends_in_sentinel_signs(np.zeros((16, 16), np.int32), 4)
    assert not ends_in_sentinel_signs(sample((4, 4)), 4)
