"""The lossless tiled form of an Atlas image: ``ZCMPTYPE = 'GZIP_2'`` (FITS standard 4.0, section 10.4.2).

The bytes of each tile are shuffled (all first bytes of its pixels, then all second ones, and so on) and
gzipped, so that a few tiles give a cutout, bit for bit the one of the plain image. Whatever is wrong with a
tile or with the table of tiles is one error, never wrong pixels: see ``stamp``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from isal import igzip_lib

from skybatch.errors import SourceDamaged, SourceDiffers
from skybatch.fits.cards import integer
from skybatch.fits.checksum import Data
from skybatch.fits.header import Header, closed
from skybatch.fits.limits import MAX_GAP_BYTES, check_image_bytes
from skybatch.fits.pixel_box import CARD, PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.readers import FITS_MAGIC, InflateError, PlainReader, RangedReader, Reader, ReadRange
from skybatch.fits.rows import cutout_file, fits_file
from skybatch.fits.stored_file import decompress_untiled
from skybatch.fits.tiles.tile_table import FRONT_BYTES, TileTable, read_table

COMPRESSION = "GZIP_2"
BITPIX = -32
_PIXEL = 4  # bytes
_STAMP = slice(4, 8)  # MTIME of a gzip member (RFC 1952, section 2.3)


def stamp(header: Header, tile: int) -> bytes:
    """What the time of a tile's gzip member is set to: a checksum of the image's cards and the tile's number.

    So a sound tile of another image, or of another place, is told from the right one. Other programs do not
    look at it, and tiles that they wrote have 0 there.
    """
    return zlib.crc32(tile.to_bytes(4, "little"), header.crc).to_bytes(4, "little")


def cut_tiled(
    read_range: ReadRange, size: int, boxes: Sequence[PixelBox], origin: Origin, *, heap: int | None = None
) -> Iterator[bytes]:
    """Cutouts of a stored tiled image of ``size`` bytes that is read by ranges, as ``atlas.cut`` makes them.

    One request brings header and table, one (more where the tiles lie far apart) the tiles wanted, each
    once. ``heap`` is where the tiles begin, if that is known. Everything is checked before the first cutout
    is made; errors as ``atlas.cut``, and SourceDiffers where the tiles do not begin at ``heap``.
    """
    opened = RangedReader(read_range, size, heap or FRONT_BYTES)
    table = open_tiled(opened, size)
    if heap is not None and table.heap != heap:
        raise SourceDiffers(f"the tiles begin at byte {table.heap:,}, the inventory says {heap:,}")
    header = table.header
    header.check(boxes)
    pixels = TiledPixels(table, _tiles(opened.range, table, _wanted(table, boxes)))
    return (cutout_file(header, pixels, box, origin.cards(box)) for box in boxes)


def plain_tiled(source: bytes) -> bytes:
    """The whole image as plain FITS, byte for byte the file that was packed.

    Raises SourceDamaged, SourceUnsupported.
    """
    table = open_tiled(PlainReader(source), len(source))
    tiles = _tiles(lambda start, length: source[start : start + length], table, range(len(table.places)))
    whole = PixelBox(0, 0, table.header.naxis1, table.header.naxis2)
    return fits_file(table.header, closed(table.header.cards), TiledPixels(table, tiles).cut(whole))


def whole(source: bytes) -> bytes:
    """A stored Atlas image, gzip, plain or tiled, as plain FITS.

    Raises SourceDamaged, SourceUnsupported.
    """
    return plain_tiled(source) if is_tiled(source) else decompress_untiled(source)


def is_tiled(front: bytes) -> bool:
    """Whether a file's first bytes are those of one whose primary HDU is empty, as that of tiles is."""
    return front.startswith(FITS_MAGIC) and integer(front[2 * CARD : 3 * CARD]) == 0


@dataclass(frozen=True)
class TiledPixels:
    """Shuffled bytes of some tiles of an image, by their number."""

    table: TileTable
    tiles: Mapping[int, bytes]

    def cut(self, box: PixelBox) -> bytes:
        """The pixels of a box as a plain file has them, row by row."""
        return b"".join(self._band(band, box) for band in self.table.bands(box))

    def _band(self, band: range, box: PixelBox) -> Data:
        """What tiles side by side hold of a box."""
        columns = range(box.x0, box.x0 + box.nx)
        parts = [self._part(tile, box.y0, box.y0 + box.ny, columns) for tile in band]
        if len(parts) == 1 and parts[0].width == parts[0].stride:
            return parts[0].pixels
        rows = range(len(parts[0].pixels) // parts[0].stride)
        return b"".join([part.row(row) for row in rows for part in parts])

    def _part(self, tile: int, first: int, last: int, columns: range) -> _Part:
        """What a tile holds of the rows ``first`` to before ``last``; only they are brought into order."""
        data, table = self.tiles[tile], self.table
        (bottom, left), (rows, stride) = table.corner(tile), table.shape(tile)
        start, end = max(first - bottom, 0) * stride, min(last - bottom, rows) * stride
        pixels = bytearray((end - start) * _PIXEL)
        for byte in range(_PIXEL):
            plane = byte * rows * stride
            pixels[byte::_PIXEL] = data[plane + start : plane + end]
        begin = max(columns.start - left, 0)
        width = min(columns.stop - left, stride) - begin
        return _Part(pixels, stride * _PIXEL, begin * _PIXEL, width * _PIXEL)


@dataclass(frozen=True)
class _Part:
    """Rows of a tile as a plain file has them: ``stride`` bytes each, ``width`` of them wanted."""

    pixels: bytearray
    stride: int
    begin: int
    width: int

    def row(self, number: int) -> bytearray:
        """The bytes wanted of a row."""
        start = number * self.stride + self.begin
        return self.pixels[start : start + self.width]


def open_tiled(opened: Reader, size: int) -> TileTable:
    """Header and table of a tiled file of ``size`` bytes, held against all that is known without its tiles.

    Raises SourceDamaged, SourceUnsupported.
    """
    table = read_table(opened, COMPRESSION, BITPIX)
    check_image_bytes(table.header.file_bytes)
    starts, lengths = zip(*table.places, strict=True)
    if starts != tuple(accumulate(lengths[:-1], initial=table.heap)):
        raise SourceDamaged("the tiles do not follow one another as their table has them")
    if table.end > size:
        raise SourceDamaged(f"the file ends at byte {size:,}, its tiles at {table.end:,}")
    return table


def _wanted(table: TileTable, boxes: Sequence[PixelBox]) -> list[int]:
    """Numbers of the tiles that hold pixels of the boxes, each once, in order."""
    return sorted({tile for box in boxes for band in table.bands(box) for tile in band})


def _tiles(fetch: ReadRange, table: TileTable, wanted: Sequence[int]) -> dict[int, bytes]:
    """The shuffled bytes of the tiles wanted, those that lie near one another from one request."""
    tiles = {}
    for first, last in _stretches(table, wanted):
        start, end = table.places[wanted[first]][0], sum(table.places[wanted[last - 1]])
        data = memoryview(fetch(start, end - start))
        for tile in wanted[first:last]:
            place, length = table.places[tile]
            tiles[tile] = _inflated(data[place - start : place - start + length], table, tile)
    return tiles


def _stretches(table: TileTable, wanted: Sequence[int]) -> list[tuple[int, int]]:
    """First, and the one after the last, of each run in ``wanted`` that one request brings."""
    ends = [sum(table.places[tile]) for tile in wanted]
    far = [i for i in range(1, len(wanted)) if table.places[wanted[i]][0] - ends[i - 1] > MAX_GAP_BYTES]
    return list(pairwise([0, *far, len(wanted)])) if wanted else []


def _inflated(stream: memoryview, table: TileTable, tile: int) -> bytes:
    """A tile's shuffled bytes; gzip's own checksum and length are verified, and the stamp."""
    rows, columns = table.shape(tile)
    length = rows * columns * _PIXEL
    if bytes(stream[_STAMP]) not in (bytes(4), stamp(table.header, tile)):
        raise SourceDamaged(f"tile {tile} is one of another place or image")
    inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    try:
        data: bytes = inflater.decompress(stream, length + 1)
    except InflateError as error:
        raise SourceDamaged(f"tile {tile} is damaged: {error}") from error
    if len(data) != length or not inflater.eof or inflater.unused_data:
        raise SourceDamaged(f"tile {tile} does not hold its {length:,} bytes")
    return data
