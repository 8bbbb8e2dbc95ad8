"""Floats that were quantized to integers before they were compressed (FITS standard 4.0, section 10.2).

With subtractive dithering a random number was subtracted from each, from a sequence that the standard gives
(its appendix I), so that it can be added again.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceUnsupported

Floats = NDArray[np.floating[Any]]

_COUNT = 10_000
_MULTIPLIER, _MODULUS = 16_807, 2_147_483_647
_LAST_SEED = 1_043_618_065  # after so many numbers, by which the standard has the sequence checked
_STARTS = 500  # the first number of a tile is one of so many
_ZERO = -2_147_483_646  # stands for 0.0 with SUBTRACTIVE_DITHER_2


class Dither(StrEnum):
    """How floats were quantized; the value of ZQUANTIZ."""

    NONE = "NO_DITHER"
    FIRST = "SUBTRACTIVE_DITHER_1"
    SECOND = "SUBTRACTIVE_DITHER_2"


def dither_of(word: object) -> Dither:
    """Return the method of a value of ZQUANTIZ, NO_DITHER where it is absent. Raises SourceUnsupported."""
    if word in (None, "NONE"):
        return Dither.NONE
    try:
        return Dither(str(word).strip())
    except ValueError:
        raise SourceUnsupported(f"a compressed image of floats with ZQUANTIZ = {word}") from None


@cache
def random_numbers() -> NDArray[np.float64]:
    """Return the sequence of the standard, single precision as cfitsio has it."""
    seeds = np.empty(_COUNT)
    seed = 1
    for i in range(_COUNT):
        seed = seed * _MULTIPLIER % _MODULUS
        seeds[i] = seed
    if seed != _LAST_SEED:
        raise AssertionError(f"the random numbers end with {seed}, not {_LAST_SEED}")
    return np.asarray((seeds / _MODULUS).astype(np.float32).astype(np.float64))


def dither_of_pixels(row: int, start: int, count: int) -> NDArray[np.float64]:
    """Return the random numbers of ``count`` pixels of a tile from the one numbered ``start``, from 0.

    ``row`` is the tile's number, from 1, with ZDITHER0 - 1 added.
    """
    numbers = random_numbers()
    seed = (row - 1) % _COUNT
    first = int(numbers[seed] * _STARTS)
    parts = []
    while count:
        # Each stretch of the sequence goes from a first number, chosen by the seed, to its end.
        length = _COUNT - first
        if start < length:
            parts.append(numbers[first + start : min(first + start + count, _COUNT)])
            count -= len(parts[-1])
        start = max(start - length, 0)
        seed = (seed + 1) % _COUNT
        first = int(numbers[seed] * _STARTS)
    return parts[0] if len(parts) == 1 else np.concatenate([*parts, numbers[:0]])


def to_floats(
    pixels: NDArray[np.integer[Any]],
    scale: float,
    zero: float,
    dither: Dither,
    random: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Return the floats that quantized pixels stand for; ``random`` are their numbers, if they have any."""
    values = pixels.astype(np.float64)
    if dither is Dither.NONE or random is None:
        return values * scale + zero
    floats = (values - random + 0.5) * scale + zero
    if dither is Dither.SECOND:
        floats[pixels == _ZERO] = 0.0
    return np.asarray(floats)
