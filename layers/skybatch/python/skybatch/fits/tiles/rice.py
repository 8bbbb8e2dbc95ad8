"""RICE_1 streams (FITS standard 4.0, section 10.4.1), safe against damaged ones.

The codec is cfitsio's, see ``cfitsio``. Its decoder looks whether it ran past the end of a stream after each
block of pixels only, so bytes follow the stream on which a block ends soon.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceDamaged
from skybatch.fits.tiles.cfitsio import load_cfitsio

PIXEL_TYPES = {1: "u1", 2: "i2", 4: "i4"}
MAX_BLOCK = 256
# All bits set: each pixel of a block takes its own bits and no more, at most 32 and those of the counter.
_PAD = b"\xff" * (MAX_BLOCK * 5 + 64)
_SHORTEST = 4  # bytes: the first pixel stands there as it is


def decode_rice(
    stream: bytes | memoryview, pixels: int, pixel_bytes: int, block: int
) -> NDArray[np.integer[Any]]:
    """Decode the pixels of one tile, native integers of ``pixel_bytes``; ``block`` pixels have one code.

    Raises SourceDamaged.
    """
    if pixel_bytes not in PIXEL_TYPES or not 0 < block <= MAX_BLOCK:
        raise SourceDamaged(f"RICE_1 of {pixel_bytes}-byte pixels in blocks of {block}")
    if len(stream) < min(_SHORTEST, pixel_bytes):
        raise SourceDamaged("a RICE_1 stream ends within its first pixel")
    decoded = np.empty(pixels, PIXEL_TYPES[pixel_bytes])
    cfitsio = load_cfitsio()
    try:
        status = cfitsio.decompress_rice[pixel_bytes](b"".join((stream, _PAD)), len(stream), decoded, block)
    except cfitsio.error as error:
        raise SourceDamaged(f"a RICE_1 stream is damaged: {error}") from error
    if status:
        raise SourceDamaged("a RICE_1 stream ends before its pixels do")
    return decoded
