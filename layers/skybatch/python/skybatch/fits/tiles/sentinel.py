"""Bytes that follow an HCOMPRESS stream, so that a decoder that runs past its end is noticed.

The bit planes of a stream say where they end; the signs behind them do not: a stream that lost some of
them decodes to a plausible, wrong image. So the bytes behind the stream are known ones, and the last signs
that the decoder used, read back from the pixels, must not be theirs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# No four equal bits in a row, wherever one starts: so no nybble of it begins a bit plane (0000, 1111) or
# ends the last one (0000), and the decoder stops at the next such place.
SENTINEL = bytes.fromhex("2d935ab6")
_BITS = 32
_NUMBER = int.from_bytes(SENTINEL, "big")
_ROTATIONS = frozenset((_NUMBER << i | _NUMBER >> (_BITS - i)) & 0xFFFFFFFF for i in range(_BITS))
# Below this scale a coefficient of one unit can round away in the pixels.
_MIN_SCALE = 4
_ROWS_AT_ONCE = 16  # rows of coefficients computed together


def with_sentinel(stream: bytes | memoryview, length: int) -> bytes:
    """Return the stream with at least ``length`` bytes of sentinels behind it."""
    return b"".join((stream, SENTINEL * (length // len(SENTINEL) + 1)))


def ends_in_sentinel_signs(pixels: NDArray[np.int32], scale: int) -> bool:
    """Tell whether the last 32 signs of a decoded image are those of a sentinel: 7e-9 by chance.

    Signs are stored row by row of the transformed image (White 1992, "High-performance compression of
    astronomical images"), whose lower half are the vertical and then the diagonal differences of each pair
    of image rows. Always False for a scale below 4, and where fewer than 32 of these are not zero.
    """
    if scale < _MIN_SCALE:
        return False
    signs = np.empty(0, np.bool_)
    for last in range(pixels.shape[0] // 2, 0, -_ROWS_AT_ONCE):
        first = max(last - _ROWS_AT_ONCE, 0)
        coefficients = _differences(pixels[2 * first : 2 * last])
        signs = np.concatenate((coefficients[np.abs(coefficients) > _MIN_SCALE // 2] < 0, signs))
        if len(signs) >= _BITS:
            return int.from_bytes(np.packbits(signs[-_BITS:]).tobytes(), "big") in _ROTATIONS
    return False


def _differences(rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return vertical, then diagonal differences of 2 x 2 pixels, a row for each pair of image rows."""
    rise = rows[1::2] - rows[::2]
    even, odd = rise[:, ::2], rise[:, 1::2]
    diagonal = odd - even[:, : odd.shape[1]]
    vertical = even + odd if even.shape == odd.shape else np.hstack((even[:, :-1] + odd, even[:, -1:]))
    return np.hstack((vertical, diagonal))
