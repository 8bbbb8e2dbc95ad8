"""Rows of pixels, and the FITS files made from parts of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from skybatch.fits import checksum
from skybatch.fits.checksum import Data
from skybatch.fits.header import Header
from skybatch.fits.pixel_box import PixelBox, padded


@dataclass(frozen=True)
class Rows:
    """Plain bytes of the rows ``first`` (from 0) to before ``last`` of an image with this header."""

    data: Data
    first: int
    last: int
    header: Header

    def holds(self, box: PixelBox) -> bool:
        """Whether every row of the box is here."""
        return self.first <= box.y0 and box.y0 + box.ny <= self.last

    def cut(self, box: PixelBox) -> bytes:
        """The pixels of a box as stored, row by row."""
        pixel, stride = abs(self.header.bitpix) // 8, self.header.row_bytes
        start, length = (box.y0 - self.first) * stride + box.x0 * pixel, box.nx * pixel
        view = memoryview(self.data)
        return b"".join([view[i : i + length] for i in range(start, start + box.ny * stride, stride)])


class Pixels(Protocol):
    """Some pixels of an image, in whatever form."""

    def cut(self, box: PixelBox) -> bytes:
        """Those of a box as a plain file has them, row by row."""


def cutout_file(header: Header, rows: Pixels, box: PixelBox, added: bytes) -> bytes:
    """A complete FITS file of the box's pixels, ``added`` cards at the end of its header."""
    return fits_file(header, header.cutout(box, added), rows.cut(box))


def fits_file(parent: Header, head: bytearray, data: Data) -> bytes:
    """A padded header and data filled up to whole blocks, with true checksums where the parent had some."""
    if parent.has_checksums:
        checksum.refresh(head, data)
    return b"".join((head, data, bytes(padded(len(data)) - len(data))))
