"""Write PNG files (PNG specification, third edition) of 8-bit pixels, as previews need them."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

MEDIA_TYPE = "image/png"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB = 0, 2
# Noise hardly compresses: more effort takes ten times as long and saves one byte in ten.
_LEVEL = 1


def write_png(pixels: NDArray[np.uint8], comment: str = "") -> bytes:
    """Return a PNG of (rows, columns) grey or (rows, columns, 3) red, green, blue pixels, top row first.

    ``comment``, in Latin-1, is kept in the file as its comment (section 11.3.3.2).
    """
    rows, columns = pixels.shape[:2]
    colour = _RGB if pixels.ndim == 3 else _GREY
    head = struct.pack(">IIBBBBB", columns, rows, 8, colour, 0, 0, 0)
    # Every row begins with its filter type (section 7.3); 0 is none.
    lines = np.zeros((rows, 1 + pixels[0].size), np.uint8)
    lines[:, 1:] = pixels.reshape(rows, -1)
    data = isal_zlib.compress(lines.data, _LEVEL)
    text = _chunk(b"tEXt", b"Comment\0" + comment.encode("latin-1")) if comment else b""
    return _SIGNATURE + _chunk(b"IHDR", head) + text + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
