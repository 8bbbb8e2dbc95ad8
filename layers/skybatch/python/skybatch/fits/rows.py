"""Rows of pixels as stored, and the FITS files made from parts of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from skybatch.fits.blocks import padded
from skybatch.fits.checksum import Data, update_checksums
from skybatch.fits.header import Header
from skybatch.fits.padding import pad_pixels
from skybatch.fits.pixel_box import PixelBox


@dataclass(frozen=True)
class PixelRows:
    """Plain bytes of the rows ``first`` (from 0) to before ``last`` of an image with this header."""

    data: Data
    first: int
    last: int
    header: Header

    def contains_rows(self, box: PixelBox) -> bool:
        """Tell whether every row of the box is here."""
        return self.first <= box.y0 and box.y0 + box.ny <= self.last

    def cut(self, box: PixelBox) -> bytes:
        """Return the pixels of a box as stored, row by row."""
        pixel, stride = abs(self.header.bitpix) // 8, self.header.row_bytes
        start, length = (box.y0 - self.first) * stride + box.x0 * pixel, box.nx * pixel
        view = memoryview(self.data)
        return b"".join([view[i : i + length] for i in range(start, start + box.ny * stride, stride)])


class PixelSource(Protocol):
    """Some pixels of an image, in whatever form they are held."""

    def cut(self, box: PixelBox) -> bytes:
        """Return those of a box as a plain file has them, row by row, without its padding."""


def cutout_file(header: Header, pixels: PixelSource, box: PixelBox, added: bytes) -> bytes:
    """Return a complete FITS file of the box's pixels, ``added`` cards at the end of its header.

    Where the box has padding, cards that say so follow. Raises SourceUnsupported as ``pad_pixels``.
    """
    data, edge_cards = pad_pixels(header, box, pixels.cut(box))
    return fits_file(header, header.cutout(box, added + edge_cards), data)


def fits_file(parent: Header, head: bytearray, data: Data) -> bytes:
    """Join a padded header and data, padded here; checksums are updated where the parent has them."""
    if parent.has_checksums:
        update_checksums(head, data)
    return b"".join((head, data, bytes(padded(len(data)) - len(data))))
