"""HCOMPRESS streams: astropy's decoder is the judge; damage is one typed error."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io.fits.hdu.compressed._compression import decompress_hcompress_1_c
from numpy.typing import NDArray

from skybatch.errors import SourceDamaged
from skybatch.fits.tiles import hcompress

SHAPES = [(4, 4), (5, 9), (16, 512), (37, 41), (100, 64)]


def sample(shape: tuple[int, int], low: int = -200, high: int = 3000) -> NDArray[np.int32]:
    return np.random.default_rng(shape[0]).integers(low, high, shape, dtype=np.int32)


def astropys(stream: bytes, shape: tuple[int, int], smooth: bool = False) -> NDArray[np.int32]:
    data = decompress_hcompress_1_c(stream + bytes(100_000), *shape, 0, int(smooth), 4)
    return np.frombuffer(data, np.int32).reshape(shape)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scale", [0, 1, 4, 37])
@pytest.mark.parametrize("smooth", [False, True])
def test_pixels_are_those_astropy_decodes(shape: tuple[int, int], scale: int, smooth: bool) -> None:
    stream = hcompress.encode(sample(shape), scale)
    decoded = hcompress.decode(stream, *shape, smooth=smooth)
    assert np.array_equal(decoded, astropys(stream, shape, smooth))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scale", [0, 1])
def test_scales_that_divide_nothing_lose_nothing(shape: tuple[int, int], scale: int) -> None:
    pixels = sample(shape)
    assert np.array_equal(hcompress.decode(hcompress.encode(pixels, scale), *shape), pixels)


def test_a_part_of_a_larger_array_is_encoded_as_its_copy() -> None:
    pixels = sample((40, 60))
    part = pixels[4:20, 7:33]
    assert hcompress.encode(part, 4) == hcompress.encode(part.copy(), 4)


@pytest.mark.parametrize("low", [-3000, 10])
def test_either_width_of_the_sum_gives_the_other(low: int) -> None:
    """Negative sums keep their sign."""
    stream = hcompress.encode(sample((16, 16), low, low + 20), 4)
    narrow = hcompress.with_32bit_sum(stream)
    assert len(narrow) == len(stream) - 4
    assert hcompress.with_64bit_sum(narrow) == stream


@pytest.mark.parametrize("scale", [0, 4, 300])
def test_the_scale_stands_in_either_form(scale: int) -> None:
    stream = hcompress.encode(sample((16, 16)), scale)
    assert hcompress.stream_scale(stream) == scale
    assert hcompress.stream_scale(hcompress.with_32bit_sum(stream)) == scale


STREAM = hcompress.encode(sample((48, 64)), 4)
DAMAGED = {
    "empty": b"",
    "only a start": STREAM[: hcompress.START_BYTES - 1],
    "another magic": b"\xdd\x98" + STREAM[2:],
    "more rows": STREAM[:5] + b"\x31" + STREAM[6:],
    "more columns": STREAM[:9] + b"\x41" + STREAM[10:],
    "a negative scale": STREAM[:10] + b"\xff" + STREAM[11:],
    "too many planes": STREAM[:22] + b"\x20" + STREAM[23:],
    "half": STREAM[: len(STREAM) // 2],
    "signs missing": STREAM[:-8],
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_one_error(name: str) -> None:
    with pytest.raises(SourceDamaged):
        hcompress.decode(DAMAGED[name], 48, 64)


@pytest.mark.parametrize("shape", [(3, 64), (64, 3), (0, 0)])
def test_shapes_that_cfitsio_does_not_take_are_refused(shape: tuple[int, int]) -> None:
    start = STREAM[:2] + shape[0].to_bytes(4, "big") + shape[1].to_bytes(4, "big")
    with pytest.raises(SourceDamaged):
        hcompress.decode(start + STREAM[10:], *shape)


def test_a_stream_too_short_for_a_sum_is_damaged() -> None:
    with pytest.raises(SourceDamaged):
        hcompress.with_64bit_sum(hcompress.with_32bit_sum(STREAM)[:20])
