"""The lossless tiled form of an Atlas image: ``ZCMPTYPE = 'GZIP_2'`` (FITS standard 4.0, section 10.4.2).

The bytes of each tile of whole rows are shuffled (all first bytes of its pixels, then all second ones, and
so on) and gzipped, so that a few tiles give a cutout, bit for bit the one of the plain image. Whatever is
wrong with a tile or with the table of tiles is one error, never wrong pixels: see ``stamp``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from isal import igzip_lib

from skybatch.errors import SourceDamaged, SourceDiffers, SourceUnsupported
from skybatch.imaging.atlas import GAP_BYTES, check_bytes, plain
from skybatch.imaging.box import CARD, PixelBox
from skybatch.imaging.cards import integer
from skybatch.imaging.checksum import Data
from skybatch.imaging.header import Header, closed
from skybatch.imaging.provenance import Origin
from skybatch.imaging.rows import cutout_file, fits_file
from skybatch.imaging.source import FITS_MAGIC, InflateError, PlainReader, RangedReader, Reader, ReadRange
from skybatch.imaging.tiled_table import FRONT_BYTES, TileTable, read_table

COMPRESSION = "GZIP_2"
BITPIX = -32
_PIXEL = 4  # bytes
_STAMP = slice(4, 8)  # MTIME of a gzip member (RFC 1952, section 2.3)


def stamp(header: Header, tile: int) -> bytes:
    """What the time of a tile's gzip member is set to: a checksum of the image's cards and the tile's number.

    So a sound tile of another image, or of another place, is told from the right one. Other programs do not
    look at it, and tiles that they wrote have 0 there.
    """
    return zlib.crc32(tile.to_bytes(4, "little"), zlib.crc32(header.cards)).to_bytes(4, "little")


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
    return plain_tiled(source) if is_tiled(source) else plain(source)


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
        height = self.table.tile[0]
        first, last = box.y0 // height, (box.y0 + box.ny - 1) // height
        return b"".join(self._part(tile, box) for tile in range(first, last + 1))

    def _part(self, tile: int, box: PixelBox) -> Data:
        """What a tile holds of a box: only the bytes wanted are brought back into order."""
        data, stride, bottom = self.tiles[tile], self.table.header.naxis1, tile * self.table.tile[0]
        plane = len(data) // _PIXEL
        first, last = max(box.y0 - bottom, 0), min(box.y0 + box.ny - bottom, plane // stride)
        pixels = bytearray((last - first) * box.nx * _PIXEL)
        for byte in range(_PIXEL):
            start, end = (byte * plane + row * stride + box.x0 for row in (first, last))
            rows = (data[at : at + box.nx] for at in range(start, end, stride))
            pixels[byte::_PIXEL] = data[start:end] if box.nx == stride else b"".join(rows)
        return pixels


def open_tiled(opened: Reader, size: int) -> TileTable:
    """Header and table of a tiled file of ``size`` bytes, held against all that is known without its tiles.

    Raises SourceDamaged, SourceUnsupported.
    """
    table = read_table(opened, COMPRESSION, BITPIX)
    check_bytes(table.header.file_bytes)
    if table.tile[1] != table.header.naxis1:
        raise SourceUnsupported("only tiles of whole rows are cut")
    ends = [table.heap, *(start + length for start, length in table.places)]
    if any(end != start for end, (start, _) in zip(ends, table.places, strict=False)):
        raise SourceDamaged("the tiles do not follow one another as their table has them")
    if table.end > size:
        raise SourceDamaged(f"the file ends at byte {size:,}, its tiles at {table.end:,}")
    return table


def _wanted(table: TileTable, boxes: Sequence[PixelBox]) -> list[int]:
    """Numbers of the tiles that hold rows of the boxes, each once, in order."""
    height = table.tile[0]
    spans = {(box.y0 // height, (box.y0 + box.ny - 1) // height) for box in boxes}
    return sorted({tile for first, last in spans for tile in range(first, last + 1)})


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
    far = [i for i in range(1, len(wanted)) if table.places[wanted[i]][0] - ends[i - 1] > GAP_BYTES]
    return list(pairwise([0, *far, len(wanted)])) if wanted else []


def _inflated(stream: memoryview, table: TileTable, tile: int) -> bytes:
    """A tile's shuffled bytes; gzip's own checksum and length are verified, and the stamp."""
    header, height = table.header, table.tile[0]
    length = min(height, header.naxis2 - tile * height) * header.row_bytes
    if bytes(stream[_STAMP]) not in (bytes(4), stamp(header, tile)):
        raise SourceDamaged(f"tile {tile} is one of another place or image")
    inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    try:
        data: bytes = inflater.decompress(stream, length + 1)
    except InflateError as error:
        raise SourceDamaged(f"tile {tile} is damaged: {error}") from error
    if len(data) != length or not inflater.eof or inflater.unused_data:
        raise SourceDamaged(f"tile {tile} does not hold its {length:,} bytes")
    return data
