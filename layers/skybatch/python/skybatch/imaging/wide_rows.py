"""Crops of plain images whose rows are long: of each box its rows a few at a time, or its columns alone.

Up to 21,600 x 21,600 pixels an image is 1.9 GB, and a crop of a thousand rows 86 MB of them; what is kept is
the crop and a stretch of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skybatch.concurrency import parallel_map
from skybatch.errors import SourceDamaged
from skybatch.fits.header import Header
from skybatch.fits.limits import MAX_GAP_BYTES, check_image_bytes
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.readers import ReadRange
from skybatch.fits.rows import PixelRows

STRETCH_BYTES = 8 * 1024 * 1024
_IN_FLIGHT = 16


def are_wide(header: Header, box: PixelBox) -> bool:
    """Tell whether a row holds so much beside a box that its columns are better read alone."""
    return header.row_bytes - box.nx * abs(header.bitpix) // 8 >= MAX_GAP_BYTES


@dataclass(frozen=True)
class PixelRanges:
    """The pixels of a plain image that begin at ``offset`` in its file, read when a box of them is cut."""

    read_range: ReadRange
    header: Header
    offset: int

    def cut(self, box: PixelBox) -> bytes:
        """Return the pixels of a box as stored, row by row. Raises SourceDamaged, SourceUnsupported."""
        check_image_bytes(box.nx * box.ny * abs(self.header.bitpix) // 8)
        return b"".join(self._columns(box) if are_wide(self.header, box) else self._stretches(box))

    def _stretches(self, box: PixelBox) -> Iterator[bytes]:
        row_bytes = self.header.row_bytes
        rows = max(STRETCH_BYTES // row_bytes, 1)
        end = box.y0 + box.ny
        for first in range(box.y0, end, rows):
            last = min(first + rows, end)
            data = self._read(self.offset + first * row_bytes, (last - first) * row_bytes)
            part = PixelBox(box.x0, first, box.nx, last - first)
            yield PixelRows(data, first, last, self.header).cut(part)

    def _columns(self, box: PixelBox) -> Iterator[bytes]:
        pixel, row_bytes = abs(self.header.bitpix) // 8, self.header.row_bytes
        first = self.offset + box.y0 * row_bytes + box.x0 * pixel
        starts = range(first, first + box.ny * row_bytes, row_bytes)
        return parallel_map(lambda start: self._read(start, box.nx * pixel), starts, _IN_FLIGHT)

    def _read(self, start: int, length: int) -> bytes:
        data = self.read_range(start, length)
        if len(data) != length:
            raise SourceDamaged(f"{len(data)} bytes came for bytes {start} to {start + length} of the file")
        return data
