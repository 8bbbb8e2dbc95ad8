"""Read images in lossless GZIP_2 tiles, whole or in part (FITS standard 4.0, section 10.4.2).

The bytes of each tile are shuffled (all first bytes of its pixels, then all second ones, and so on) and
gzipped, so that a few tiles give a cutout, bit for bit the one of the plain image. Whatever is wrong with a
tile or with the table of tiles is one error, never wrong pixels: see ``tile_checksum``.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import accumulate, pairwise

from isal import igzip_lib

from skybatch.errors import SourceDamaged
from skybatch.fits.blocks import CARD_BYTES
from skybatch.fits.cards import parse_integer
from skybatch.fits.header import Header, with_end
from skybatch.fits.limits import MAX_GAP_BYTES, check_image_bytes
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.readers import FITS_MAGIC, InflateError, PlainReader, Reader, ReadRange
from skybatch.fits.rows import fits_file
from skybatch.fits.stored_file import decompress_untiled
from skybatch.fits.tiles.tile_pixels import PIXEL_BYTES, TilePixels
from skybatch.fits.tiles.tile_table import TileTable, read_tile_table

COMPRESSION = "GZIP_2"
BITPIX = -32
# Of our own files alone: other programs write a time where we write a checksum.
OWN_CARD = b"ZCMPTYPE= 'GZIP_2  '           / bytes of the pixels shuffled, then gzip".ljust(CARD_BYTES)
_CHECKSUM_FIELD = slice(4, 8)  # MTIME of a gzip member (RFC 1952, section 2.3)


def tile_checksum(header: Header, tile: int) -> bytes:
    """Return CRC-32 of the image's cards and the tile's number, little-endian, for a tile's gzip member.

    It takes the member's field for the time, so that an intact tile of another image or position is detected.
    Other programs do not read that field and write 0 there.
    """
    return zlib.crc32(tile.to_bytes(4, "little"), header.crc).to_bytes(4, "little")


def decompress_tiled(source: bytes) -> bytes:
    """Return the whole image as plain FITS, byte for byte the file that was compressed.

    Raises SourceDamaged, SourceUnsupported.
    """
    table = read_gzip2_table(PlainReader(source), len(source))
    pixels = read_tiles(
        lambda start, length: source[start : start + length], table, range(len(table.streams))
    )
    whole = PixelBox(0, 0, table.header.naxis1, table.header.naxis2)
    return fits_file(table.header, with_end(table.header.cards), pixels.cut(whole))


def decompress_image(source: bytes) -> bytes:
    """Return a stored image of any lossless form (gzip, plain or tiled) as plain FITS.

    Raises SourceDamaged, SourceUnsupported.
    """
    return decompress_tiled(source) if is_tiled(source) else decompress_untiled(source)


def is_own_table(cards: bytes) -> bool:
    """Tell whether the cards of a compressed image's table are those of our own tiles."""
    start = cards.find(OWN_CARD)
    return start >= 0 and start % CARD_BYTES == 0


def is_tiled(front: bytes) -> bool:
    """Tell from a file's first bytes whether its primary HDU is empty, as that of a tiled file is."""
    return front.startswith(FITS_MAGIC) and parse_integer(front[2 * CARD_BYTES : 3 * CARD_BYTES]) == 0


def read_gzip2_table(reader: Reader, size: int) -> TileTable:
    """Read header and table of a tiled file of ``size`` bytes; all is checked that shows without its tiles.

    Raises SourceDamaged, SourceUnsupported.
    """
    table = read_tile_table(reader, COMPRESSION, BITPIX)
    check_image_bytes(table.header.file_bytes)
    starts, lengths = zip(*table.streams, strict=True)
    if starts != tuple(accumulate(lengths[:-1], initial=table.heap_offset)):
        raise SourceDamaged("the tiles do not follow one another as their table has them")
    if table.end > size:
        raise SourceDamaged(f"the file ends at byte {size:,}, its tiles at {table.end:,}")
    return table


def tiles_of(table: TileTable, boxes: Sequence[PixelBox]) -> list[int]:
    """Return the numbers of the tiles that hold pixels of the boxes, each once, in order."""
    return sorted({tile for box in boxes for row in table.tile_rows(box) for tile in row})


def read_tiles(read_range: ReadRange, table: TileTable, tiles: Sequence[int]) -> TilePixels:
    """Read and inflate tiles, given in order; those that lie near one another come by one request.

    Raises SourceDamaged.
    """
    inflated = {}
    for first, last in near_runs([table.streams[tile] for tile in tiles]):
        start, end = table.streams[tiles[first]][0], sum(table.streams[tiles[last - 1]])
        data = memoryview(read_range(start, end - start))
        for tile in tiles[first:last]:
            offset, length = table.streams[tile]
            inflated[tile] = _inflate(data[offset - start : offset - start + length], table, tile)
    return TilePixels(table, inflated)


def near_runs(streams: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the first index, and the one after the last, of each run of streams for one request.

    Streams are (start, length) in the file, in order.
    """
    ends = list(map(sum, streams))
    far = [i for i in range(1, len(streams)) if streams[i][0] - ends[i - 1] > MAX_GAP_BYTES]
    return list(pairwise([0, *far, len(streams)])) if streams else []


def _inflate(stream: memoryview, table: TileTable, tile: int) -> bytes:
    """Return a tile's shuffled bytes; gzip's own checksum and length are verified, and ours."""
    rows, columns = table.shape(tile)
    length = rows * columns * PIXEL_BYTES
    if bytes(stream[_CHECKSUM_FIELD]) not in (bytes(4), tile_checksum(table.header, tile)):
        raise SourceDamaged(f"tile {tile} is one of another place or image")
    inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    try:
        data: bytes = inflater.decompress(stream, length + 1)
    except InflateError as error:
        raise SourceDamaged(f"tile {tile} is damaged: {error}") from error
    if len(data) != length or not inflater.eof or inflater.unused_data:
        raise SourceDamaged(f"tile {tile} does not hold its {length:,} bytes")
    return data
