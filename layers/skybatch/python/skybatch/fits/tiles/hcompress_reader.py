"""Read images in HCOMPRESS_1 tiles of 16-bit integers (FITS standard 4.0, section 10.4.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceDamaged
from skybatch.fits.header import Header
from skybatch.fits.readers import Reader, ReadRange
from skybatch.fits.tiles import hcompress
from skybatch.fits.tiles.cfitsio import PixelArray
from skybatch.fits.tiles.tile_table import TileTable, read_tile_table

_CHUNK_PIXELS = 32768  # converted at a time, so that they stay in the processor's cache


@dataclass(frozen=True)
class HcompressImage:
    """One compressed image whose tiles are read when they are needed.

    ``read_range`` reads any part of its file.
    """

    table: TileTable
    read_range: ReadRange

    @property
    def header(self) -> Header:
        """The image's header, as if it were stored plain."""
        return self.table.header

    @property
    def scale(self) -> int:
        """The scale by which the coefficients of the bottom left tile were divided."""
        start, length = self.table.streams[0]
        return hcompress.stream_scale(self.read_range(start, min(length, hcompress.START_BYTES)))

    def rows(self, first: int, last: int) -> NDArray[np.int16]:
        """Return pixels of the rows ``first`` to before ``last``, shape (rows, columns), big-endian.

        Only tiles that hold some of these rows are read, by one request, and decoded.

        Raises SourceDamaged.
        """
        (height, width), across = self.table.tile_shape, self.table.tiles_across
        bottom = first // height * height
        top = min(-(-last // height) * height, self.header.naxis2)
        streams = self._streams(bottom // height * across, -(-top // height) * across)
        pixels = np.empty((top - bottom, self.header.naxis1), ">i2")
        for y in range(bottom, top, height):
            for x in range(0, self.header.naxis1, width):
                part = pixels[y - bottom : y - bottom + height, x : x + width]
                part[...] = to_int16(self._decode(next(streams), part.shape))
        return pixels[first - bottom : last - bottom]

    def _streams(self, first: int, last: int) -> Iterator[memoryview]:
        """Return the streams of these tiles, whatever order they lie in."""
        ranges = self.table.streams[first:last]
        start = min((offset for offset, _ in ranges), default=0)
        length = max((offset + length for offset, length in ranges), default=0) - start
        data = memoryview(self.read_range(start, length))
        if len(data) < length:
            raise SourceDamaged("the file ends within its compressed tiles")
        return (data[offset - start : offset - start + length] for offset, length in ranges)

    def _decode(self, stream: memoryview, shape: tuple[int, ...]) -> PixelArray:
        smooth = bool(self.table.parameter("SMOOTH"))
        return hcompress.decode(stream, shape[0], shape[1], smooth=smooth)


def to_int16(decoded: PixelArray) -> NDArray[np.int16]:
    """Convert pixels in place to big-endian 16-bit integers; values outside their range are clipped."""
    pixels = decoded.reshape(-1)
    packed = pixels.view(">i2")
    for start in range(0, pixels.size, _CHUNK_PIXELS):
        part = pixels[start : start + _CHUNK_PIXELS]
        packed[start : start + part.size] = np.clip(part, -32768, 32767, out=part)
    return packed[: pixels.size].reshape(decoded.shape)


def open_hcompress_image(reader: Reader, read_range: ReadRange) -> HcompressImage:
    """Open the compressed image of a file whose primary HDU is empty and whose one extension holds it.

    ``reader`` reads the file from its start, ``read_range`` any part of it.

    Raises SourceUnsupported for other kinds of file or compression, SourceDamaged for a broken table.
    """
    return HcompressImage(read_tile_table(reader, "HCOMPRESS_1", 16), read_range)
