"""The pixels of a box of a compressed image: the tiles it touches are read, decoded and put together.

What comes out are the bytes that a plain file has: pixels big-endian, row by row.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
from isal import igzip_lib
from numpy.typing import NDArray

from skybatch.errors import SourceDamaged
from skybatch.fits.limits import check_image_bytes
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.readers import InflateError, ReadRange
from skybatch.fits.tiles.compressed_image import CompressedImage
from skybatch.fits.tiles.gzip2_reader import near_runs, tiles_of
from skybatch.fits.tiles.quantization import Dither, dither_of_pixels, to_floats
from skybatch.fits.tiles.rice import decode_rice

Pixels = NDArray[Any]

PIXEL_TYPES = {8: ">u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
_INTEGERS = {1: ">u1", 2: ">i2", 4: ">i4", 8: ">i8"}
_FLOATS = {4: ">f4", 8: ">f8"}
_KEPT_BYTES = 32 * 1024 * 1024
"""Decoded tiles that are kept for the next box."""


class TileDecoder:
    """Decodes the tiles of one compressed image; their bytes are read for all boxes at once."""

    def __init__(self, image: CompressedImage, read_range: ReadRange, boxes: Sequence[PixelBox]) -> None:
        self._image = image
        self._streams = _read_streams(image, read_range, boxes)
        self._kept: OrderedDict[int, Pixels] = OrderedDict()
        self._kept_bytes = 0

    def cut(self, box: PixelBox) -> bytes:
        """Return the pixels of a box as a plain file has them. Raises SourceDamaged."""
        table, dtype = self._image.table, PIXEL_TYPES[self._image.header.bitpix]
        check_image_bytes(box.nx * box.ny * np.dtype(dtype).itemsize)
        pixels = np.empty((box.ny, box.nx), dtype)
        for tile in (tile for row in table.tile_rows(box) for tile in row):
            (bottom, left), (height, width) = table.corner(tile), table.shape(tile)
            rows = slice(max(box.y0 - bottom, 0), min(box.y0 + box.ny - bottom, height))
            columns = slice(max(box.x0 - left, 0), min(box.x0 + box.nx - left, width))
            above, right = bottom + rows.start - box.y0, left + columns.start - box.x0
            part = self._values(tile, rows, columns)
            pixels[above : above + part.shape[0], right : right + part.shape[1]] = part
        return pixels.tobytes()

    def _values(self, tile: int, rows: slice, columns: slice) -> Pixels:
        """Return part of a tile as the values that it stands for."""
        image = self._image
        stored = self._decoded(tile)[rows, columns]
        blank = image.number("ZBLANK", tile)
        if image.dither is None or stored.dtype.kind == "f":
            return self._with_blank(stored, blank)
        scale, zero = image.number("ZSCALE", tile), image.number("ZZERO", tile)
        if scale is None or zero is None:
            raise SourceDamaged(f"tile {tile} has no ZSCALE or ZZERO")
        with np.errstate(all="ignore"):
            values = to_floats(stored, scale, zero, image.dither, self._random(tile, rows, columns))
            if blank is not None:
                values[stored == blank] = np.nan
            return values.astype(PIXEL_TYPES[image.header.bitpix])

    def _with_blank(self, stored: Pixels, blank: float | None) -> Pixels:
        """Return integers with the image's BLANK where a tile has its own value for blank pixels."""
        header = self._image.header
        if blank is None or header.bitpix < 0 or header.blank in (None, blank):
            return stored
        return np.where(stored == blank, header.blank, stored)

    def _random(self, tile: int, rows: slice, columns: slice) -> NDArray[np.float64] | None:
        image = self._image
        if image.dither in (None, Dither.NONE):
            return None
        _, width = image.table.shape(tile)
        number, wide = tile + image.dither_start, columns.stop - columns.start
        lines = [
            dither_of_pixels(number, row * width + columns.start, wide)
            for row in range(rows.start, rows.stop)
        ]
        return np.stack(lines)

    def _decoded(self, tile: int) -> Pixels:
        """Return the stored pixels of a tile (rows, columns), and keep some of those decoded last."""
        if tile in self._kept:
            self._kept.move_to_end(tile)
            return self._kept[tile]
        column, stream = self._streams[tile]
        shape = self._image.table.shape(tile)
        pixels = _decode(self._image, column, stream, shape[0] * shape[1]).reshape(shape)
        self._kept[tile] = pixels
        self._kept_bytes += pixels.nbytes
        while self._kept_bytes > _KEPT_BYTES and len(self._kept) > 1:
            self._kept_bytes -= self._kept.popitem(last=False)[1].nbytes
        return pixels


def _read_streams(
    image: CompressedImage, read_range: ReadRange, boxes: Sequence[PixelBox]
) -> dict[int, tuple[str, memoryview]]:
    """Read the streams of all tiles that boxes touch; those that lie near one another come by one request."""
    streams = {tile: image.stream(tile) for tile in tiles_of(image.table, boxes)}
    wanted = sorted((start, length, tile) for tile, (_, start, length) in streams.items())
    check_image_bytes(sum(length for _, length, _ in wanted))
    found: dict[int, memoryview] = {}
    for first, last in near_runs([(start, length) for start, length, _ in wanted]):
        found |= _read_run(read_range, wanted[first:last])
    return {tile: (streams[tile][0], data) for tile, data in found.items()}


def _read_run(read_range: ReadRange, run: Sequence[tuple[int, int, int]]) -> dict[int, memoryview]:
    """Read streams, given by start, length and tile in order, by one request. Raises SourceDamaged."""
    begin, end = run[0][0], max(start + length for start, length, _ in run)
    data = memoryview(read_range(begin, end - begin))
    if len(data) < end - begin:
        raise SourceDamaged("the file ends within its compressed tiles")
    return {tile: data[start - begin : start - begin + length] for start, length, tile in run}


def _decode(image: CompressedImage, column: str, stream: memoryview, pixels: int) -> Pixels:
    """Return the pixels of a tile as they were compressed: integers, or floats that were not quantized."""
    check_image_bytes(pixels * 8)
    lossless = image.dither is None or column != "COMPRESSED_DATA"
    if column == "GZIP_COMPRESSED_DATA":
        return _typed(image, _inflate(stream, pixels), pixels, lossless)
    if column == "UNCOMPRESSED_DATA" or image.compression == "NOCOMPRESS":
        return _typed(image, bytes(stream), pixels, lossless)
    if image.compression.startswith("RICE"):
        size, block = image.table.parameter("BYTEPIX"), image.table.parameter("BLOCKSIZE")
        return decode_rice(stream, pixels, _whole(size, 4), _whole(block, 32))
    plain = _inflate(stream, pixels)
    if image.compression == "GZIP_2":
        size = len(plain) // pixels
        plain = np.frombuffer(plain[: size * pixels], np.uint8).reshape(size, pixels).T.tobytes()
    return _typed(image, plain, pixels, lossless)


def _typed(image: CompressedImage, plain: bytes, pixels: int, lossless: bool) -> Pixels:
    """Return plain bytes as pixels, of a type that follows from their number."""
    size, rest = divmod(len(plain), pixels)
    types = _FLOATS if lossless and image.header.bitpix < 0 else _INTEGERS
    if rest or size not in types:
        raise SourceDamaged(f"a tile of {pixels} pixels holds {len(plain)} bytes")
    return np.frombuffer(plain, types[size])


def _inflate(stream: memoryview, pixels: int) -> bytes:
    """Inflate a tile; no more than the largest pixels take."""
    inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    try:
        plain: bytes = inflater.decompress(stream, 8 * pixels + 1)
    except InflateError as error:
        raise SourceDamaged(f"a tile is damaged: {error}") from error
    if len(plain) > 8 * pixels or not inflater.eof:
        raise SourceDamaged(f"a tile of {pixels} pixels does not end where it should")
    return plain


def _whole(value: object, default: int) -> int:
    return value if type(value) is int else default
