"""PNG files as Pillow reads them."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.imaging.png import write_png
from tests.support.images.png import read_comment, read_png


@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (64, 64), (3, 200, 3), (5, 1, 3)])
def test_pillow_reads_our_pngs(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    np.testing.assert_array_equal(read_png(write_png(pixels)), pixels)


def test_noise_takes_little_more_than_its_pixels() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (300, 200), dtype=np.uint8)
    assert len(write_png(pixels)) < pixels.size * 1.02


def test_a_view_that_is_not_contiguous_is_written_as_it_looks() -> None:
    pixels = np.arange(200, dtype=np.uint8).reshape(10, 20)
    np.testing.assert_array_equal(read_png(write_png(pixels[::-2, ::3])), pixels[::-2, ::3])


def test_a_comment_is_kept() -> None:
    pixels = np.zeros((3, 4), np.uint8)
    assert read_comment(write_png(pixels, "5 % of it")) == "5 % of it"
    np.testing.assert_array_equal(read_png(write_png(pixels, "5 % of it")), pixels)
    assert read_comment(write_png(pixels)) == ""
