"""Pixels of GZIP_2 tiles in the order of a plain file (FITS standard 4.0, section 10.4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skybatch.fits.checksum import Data
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.tiles.tile_table import TileTable

PIXEL_BYTES = 4


@dataclass(frozen=True)
class TilePixels:
    """Some tiles of an image of 32-bit pixels, by their number, the bytes of each shuffled."""

    table: TileTable
    tiles: Mapping[int, bytes]

    def cut(self, box: PixelBox) -> bytes:
        """Return the pixels of a box as a plain file has them, row by row."""
        return b"".join(self._cut_tile_row(tile_row, box) for tile_row in self.table.tile_rows(box))

    def _cut_tile_row(self, tile_row: range, box: PixelBox) -> Data:
        """Return what tiles side by side hold of a box."""
        columns = range(box.x0, box.x0 + box.nx)
        parts = [self._part(tile, box.y0, box.y0 + box.ny, columns) for tile in tile_row]
        if len(parts) == 1 and parts[0].width == parts[0].stride:
            return parts[0].pixels
        rows = range(len(parts[0].pixels) // parts[0].stride)
        return b"".join([part.row(row) for row in rows for part in parts])

    def _part(self, tile: int, first: int, last: int, columns: range) -> _TilePart:
        """Return the rows ``first`` to before ``last`` of a tile; only they are brought into order."""
        data, table = self.tiles[tile], self.table
        (bottom, left), (rows, stride) = table.corner(tile), table.shape(tile)
        start, end = max(first - bottom, 0) * stride, min(last - bottom, rows) * stride
        pixels = bytearray((end - start) * PIXEL_BYTES)
        for byte in range(PIXEL_BYTES):
            plane = byte * rows * stride
            pixels[byte::PIXEL_BYTES] = data[plane + start : plane + end]
        begin = max(columns.start - left, 0)
        width = min(columns.stop - left, stride) - begin
        return _TilePart(pixels, stride * PIXEL_BYTES, begin * PIXEL_BYTES, width * PIXEL_BYTES)


@dataclass(frozen=True)
class _TilePart:
    """Rows of a tile as a plain file has them: ``stride`` bytes each, ``width`` of them wanted."""

    pixels: bytearray
    stride: int
    begin: int
    width: int

    def row(self, number: int) -> bytearray:
        """Return the bytes wanted of a row."""
        start = number * self.stride + self.begin
        return self.pixels[start : start + self.width]
