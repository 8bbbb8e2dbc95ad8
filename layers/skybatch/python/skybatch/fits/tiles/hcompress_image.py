"""Tile-compressed images (FITS standard 4.0, section 10): HCOMPRESS_1, 16-bit integers, any tile shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceDamaged
from skybatch.fits.header import Header
from skybatch.fits.readers import Reader, ReadRange
from skybatch.fits.tiles import hcompress
from skybatch.fits.tiles.tile_table import TileTable, read_table

_STRETCH = 32768  # pixels converted at a time, so that they stay in the processor's cache


@dataclass(frozen=True)
class TiledImage:
    """One compressed image whose tiles are read as they are wanted.

    ``fetch`` reads ``length`` bytes of the file from ``start`` on.
    """

    table: TileTable
    fetch: ReadRange

    @property
    def header(self) -> Header:
        """The header as if plain."""
        return self.table.header

    @property
    def scale(self) -> int:
        """The scale by which the coefficients of the bottom left tile were divided."""
        start, length = self.table.places[0]
        return hcompress.scale_of(self.fetch(start, min(length, hcompress.START_BYTES)))

    def rows(self, first: int, last: int) -> NDArray[np.int16]:
        """Pixels of the rows ``first`` to before ``last``, shape (rows, columns), big-endian.

        Only tiles that hold some of these rows are read, in one stretch, and decoded. Raises SourceDamaged.
        """
        (height, width), across = self.table.tile, self.table.across
        bottom = first // height * height
        top = min(-(-last // height) * height, self.header.naxis2)
        streams = self._streams(bottom // height * across, -(-top // height) * across)
        pixels = np.empty((top - bottom, self.header.naxis1), ">i2")
        for y in range(bottom, top, height):
            for x in range(0, self.header.naxis1, width):
                part = pixels[y - bottom : y - bottom + height, x : x + width]
                part[...] = to_int16(self._decoded(next(streams), part.shape))
        return pixels[first - bottom : last - bottom]

    def _streams(self, first: int, last: int) -> Iterator[memoryview]:
        """The streams of these tiles, whatever order they lie in."""
        places = self.table.places[first:last]
        start = min((place for place, _ in places), default=0)
        length = max((place + length for place, length in places), default=0) - start
        data = memoryview(self.fetch(start, length))
        if len(data) < length:
            raise SourceDamaged("the file ends within its compressed tiles")
        return (data[place - start : place - start + length] for place, length in places)

    def _decoded(self, stream: memoryview, shape: tuple[int, ...]) -> hcompress.Frame:
        smooth = bool(self.table.parameter("SMOOTH"))
        return hcompress.decode(stream, shape[0], shape[1], smooth=smooth)


def to_int16(frame: hcompress.Frame) -> NDArray[np.int16]:
    """Big-endian 16-bit integers in the memory of a frame no longer needed; what overshot them is clipped."""
    pixels = frame.reshape(-1)
    packed = pixels.view(">i2")
    for start in range(0, pixels.size, _STRETCH):
        part = pixels[start : start + _STRETCH]
        packed[start : start + part.size] = np.clip(part, -32768, 32767, out=part)
    return packed[: pixels.size].reshape(frame.shape)


def open_tiles(source: Reader, fetch: ReadRange) -> TiledImage:
    """The compressed image of a file whose primary HDU is empty and whose one extension holds it.

    ``source`` reads the file from its start, ``fetch`` any part of it. Raises SourceUnsupported for other
    kinds of file or compression, SourceDamaged for a broken table.
    """
    return TiledImage(read_table(source, "HCOMPRESS_1", 16), fetch)
