"""Crops of their full size where the image ends: blank pixels around those of the image.

Blank pixels are NaN in images of floats and BLANK in those of integers (FITS standard 4.0, section 4.4.2.5).
Where an image has no BLANK, it is a value that no pixel of the crop has, so that it makes no pixel blank.
"""

from __future__ import annotations

import struct

from skybatch.errors import SourceUnsupported
from skybatch.fits.blocks import CARD_BYTES
from skybatch.fits.cards import string_cards
from skybatch.fits.header import Header
from skybatch.fits.pixel_box import NO_PADDING, PixelBox
from skybatch.fits.provenance import EDGE_KEYWORD

# Big-endian types of pixels by BITPIX, as `struct` has them (section 5).
_PIXEL_TYPES = {8: "B", 16: "h", 32: "i", 64: "q", -32: "f", -64: "d"}


def pad_pixels(header: Header, box: PixelBox, pixels: bytes) -> tuple[bytes, bytes]:
    """Surround the pixels of a box with its blank ones; return all rows, and cards that say so.

    ``pixels`` are those of the image, row by row. A box without padding is returned as it is, with no cards.

    Raises SourceUnsupported where an image of bytes has no BLANK and the crop holds each of the 256 values.
    """
    if box.padding == NO_PADDING:
        return pixels, b""
    kind = _PIXEL_TYPES[header.bitpix]
    if header.bitpix < 0:
        return _surround(box, pixels, struct.pack(f">{kind}", float("nan"))), _edge_cards("NaN")
    value, cards = header.blank, _edge_cards("BLANK")
    if value is None:
        value = _unused_value(pixels, header.bitpix)
        cards += _blank_card(value)
    return _surround(box, pixels, struct.pack(f">{kind}", value)), cards


def _surround(box: PixelBox, pixels: bytes, blank: bytes) -> bytes:
    left, right, bottom, top = box.padding
    before, after, stride = blank * left, blank * right, box.nx * len(blank)
    row, view = blank * box.width, memoryview(pixels)
    rows = [part for at in range(0, len(pixels), stride) for part in (before, view[at : at + stride], after)]
    return b"".join((row * bottom, *rows, row * top))


def _unused_value(pixels: bytes, bitpix: int) -> int:
    """Return the lowest value of the type that no pixel has; of bytes the highest."""
    used = {value for (value,) in struct.iter_unpack(f">{_PIXEL_TYPES[bitpix]}", pixels)}
    lowest = -(1 << (bitpix - 1))
    values = range(255, -1, -1) if bitpix == 8 else range(lowest, -lowest)
    found = next((value for value in values if value not in used), None)
    if found is None:
        raise SourceUnsupported("every value of a byte is a pixel's: none is left for BLANK, to pad the crop")
    return found


def _edge_cards(filling: str) -> bytes:
    return string_cards(EDGE_KEYWORD, "pad", f"pixels beyond the image are {filling}")


def _blank_card(value: int) -> bytes:
    return f"{'BLANK':8}= {value:>20} / stored value of blank pixels".encode().ljust(CARD_BYTES)
