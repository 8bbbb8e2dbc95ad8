"""Blocks and cards: lengths as astropy's writer has them."""

from __future__ import annotations

import pytest
from astropy.io import fits

from skybatch.fits.blocks import BLOCK_BYTES, header_blocks, padded


def test_header_blocks_count_end() -> None:
    assert [header_blocks(cards) for cards in (0, 35, 36, 71, 113)] == [1, 1, 2, 2, 4]


@pytest.mark.parametrize("cards", [1, 34, 35, 36, 37, 71, 72, 400])
def test_a_header_takes_as_many_blocks_as_astropy_writes(cards: int) -> None:
    header = fits.Header([("HISTORY", str(i)) for i in range(cards)])
    assert header_blocks(cards) * BLOCK_BYTES == len(header.tostring())


@pytest.mark.parametrize(("length", "expected"), [(0, 0), (1, 2880), (2880, 2880), (2881, 5760)])
def test_lengths_are_padded_to_whole_blocks(length: int, expected: int) -> None:
    assert padded(length) == expected
