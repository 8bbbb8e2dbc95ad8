"""What precedes the tiles of a compressed image: its header, and where each tile lies.

A tile-compressed image is a binary table whose rows point to the streams of its tiles in a heap behind it
(FITS standard 4.0, sections 7.3.5 and 10.1). Header and table alone tell which bytes hold which pixels.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from skybatch.errors import SourceDamaged, SourceError, SourceUnsupported
from skybatch.fits.blocks import CARD_BYTES, padded
from skybatch.fits.cards import Value, told
from skybatch.fits.header import Header, read_cards
from skybatch.fits.limits import check_image_bytes
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.readers import FITS_MAGIC, Reader
from skybatch.fits.tiles.table_header import Values, check_compression, image_header, table_values

# Enough for the headers and the table of a 2MASS image (15,424 bytes): one request brings them.
FRONT_BYTES = 17_280
_TABLE_MAGIC = b"XTENSION= 'BINTABLE'"
_TFORM = re.compile(r"(\d*)([LXBIJKAEDCMPQ])([LXBIJKAEDCM]?)")
TYPE_BYTES = dict(zip("LBIJKAEDCMPQ", (1, 1, 2, 4, 8, 1, 4, 8, 8, 16, 8, 16), strict=True))
"""Bytes of an element by its code (FITS standard 4.0, table 18), bits left out."""
_MAX_FIELDS = 999
_MAX_TILES = 1 << 20  # a million rows of a table; a 2MASS image has 128


class TableColumn(NamedTuple):
    """A column of a binary table by TTYPE and TFORM.

    Attributes
    ----------
    name
        TTYPE as it stands.
    repeat, kind, element
        TFORM: how many elements, the code of their type, and of what arrays consist that are in the heap.
    offset, end
        Where it lies in a row, in bytes.
    """

    name: str
    repeat: int
    kind: str
    element: str
    offset: int
    end: int


@dataclass(frozen=True)
class TileTable:
    """A compressed image up to its heap.

    Parameters
    ----------
    header
        The image's header, as if it were stored plain.
    tile_shape
        (rows, columns) of its tiles, which are numbered by rows of tiles, the bottom left one first.
    table_offset, heap_offset
        Where table and heap begin in the file, in bytes.
    streams
        (start, length) of each tile's compressed stream in the file, in bytes.
    values
        Values of the cards that describe the table and its compression.
    """

    header: Header
    tile_shape: tuple[int, int]
    table_offset: int
    heap_offset: int
    streams: tuple[tuple[int, int], ...]
    values: Values

    @property
    def end(self) -> int:
        """Bytes of the file up to the end of its last stream."""
        return max(map(sum, self.streams), default=self.heap_offset)

    @property
    def tiles_across(self) -> int:
        """Number of tiles side by side."""
        return -(-self.header.naxis1 // self.tile_shape[1])

    def corner(self, tile: int) -> tuple[int, int]:
        """Return the first row and column of a tile, counted from 0."""
        tile_row, tile_column = divmod(tile, self.tiles_across)
        return tile_row * self.tile_shape[0], tile_column * self.tile_shape[1]

    def shape(self, tile: int) -> tuple[int, int]:
        """Return rows and columns of a tile: those at the upper and right edge may have fewer."""
        row, column = self.corner(tile)
        rows, columns = self.tile_shape
        return min(rows, self.header.naxis2 - row), min(columns, self.header.naxis1 - column)

    def tile_rows(self, box: PixelBox) -> list[range]:
        """Return the tiles that hold pixels of a box, those side by side as one range, the lowest first."""
        (rows, columns), across = self.tile_shape, self.tiles_across
        first, last = box.x0 // columns, (box.x0 + box.nx - 1) // columns
        wanted = range(box.y0 // rows, (box.y0 + box.ny - 1) // rows + 1)
        return [range(row * across + first, row * across + last + 1) for row in wanted]

    def check_count(self, tiles: int) -> None:
        """Raise SourceDamaged where so many tiles do not make the image."""
        rows, columns = self.tile_shape
        if tiles != -(-self.header.naxis2 // rows) * self.tiles_across:
            raise SourceDamaged(f"{tiles} tiles of {columns} x {rows} pixels do not make the image")

    def parameter(self, name: str) -> Value:
        """Return a parameter of the compression (ZNAMEi, ZVALi; section 10.1.2), None if absent."""
        names = {self.values.get(f"ZNAME{i}"): self.values.get(f"ZVAL{i}") for i in range(1, 10)}
        return names.get(name)


def read_tile_table(reader: Reader, compression: str, bitpix: int) -> TileTable:
    """Read a file whose primary HDU is empty and whose first extension holds a compressed image.

    The reader is left at the heap.

    Raises SourceUnsupported for other kinds of file, compression or pixels, SourceDamaged for a broken table.
    """
    primary = read_cards(reader, FITS_MAGIC)
    cards = read_cards(reader, _TABLE_MAGIC, _not_a_table)
    values = table_values(cards)
    check_compression(values, compression, bitpix)
    header = image_header(cards)
    tile_shape = tile_shape_of(values, header)
    table_offset = padded(len(primary) + CARD_BYTES) + padded(len(cards) + CARD_BYTES)
    streams = _read_streams(values, reader, table_offset)
    table = TileTable(header, tile_shape, table_offset, table_offset + heap_gap(values), streams, values)
    table.check_count(len(streams))
    return table


def _not_a_table(_: bytes) -> SourceError:
    return SourceUnsupported("the file has neither an HCOMPRESS stream nor a compressed image")


def tile_shape_of(values: Values, header: Header) -> tuple[int, int]:
    """Return rows and columns of a tile; by default a tile is one row (section 10.1.1)."""
    rows = count_of(values, "ZTILE2") if "ZTILE2" in values else 1
    columns = count_of(values, "ZTILE1") if "ZTILE1" in values else header.naxis1
    if 0 in (rows, columns):
        raise SourceDamaged("the compressed image has tiles without pixels")
    return min(rows, header.naxis2), min(columns, header.naxis1)


def heap_gap(values: Values) -> int:
    """Return the bytes from the beginning of the table to its heap."""
    return count_of(values, "THEAP") if "THEAP" in values else _table_bytes(values)


def _table_bytes(values: Values) -> int:
    return count_of(values, "NAXIS1") * count_of(values, "NAXIS2")


def _read_streams(values: Values, reader: Reader, table_offset: int) -> tuple[tuple[int, int], ...]:
    """Read start and length of each tile's stream, the descriptors of COMPRESSED_DATA (section 7.3.5)."""
    column = _descriptor_column(values)
    rows = read_rows(values, reader, column.end)
    heap, heap_bytes = table_offset + heap_gap(values), heap_size(values)
    number, width = "I" if column.kind == "P" else "Q", count_of(values, "NAXIS1")
    descriptors = struct.iter_unpack(f">{column.offset}x2{number}{width - column.end}x", rows)
    streams = tuple([(heap + first, length) for length, first in descriptors])
    if heap_bytes is not None and max(map(sum, streams), default=heap) > heap + heap_bytes:
        raise SourceDamaged("a tile lies beyond the heap of its table")
    return streams


def read_rows(values: Values, reader: Reader, used: int) -> bytes:
    """Read the rows of the table, of each of which the first ``used`` bytes are needed.

    Raises SourceDamaged, SourceUnsupported.
    """
    width, count = count_of(values, "NAXIS1"), count_of(values, "NAXIS2")
    check_image_bytes(width * max(count, 1))
    if count > _MAX_TILES or used > width:
        raise SourceDamaged(f"no table of tiles has {count} rows of {width} bytes")
    rows = bytes(reader.read(width * count))
    if len(rows) < width * count:
        raise SourceDamaged("the file ends within its table of tiles")
    return rows


def heap_size(values: Values) -> int | None:
    """Return the bytes of the heap by PCOUNT, the gap before it taken off; None where PCOUNT is absent."""
    if "PCOUNT" not in values:
        return None
    return count_of(values, "PCOUNT") + _table_bytes(values) - heap_gap(values)


def _descriptor_column(values: Values) -> TableColumn:
    for column in columns_of(values):
        if column.name == "COMPRESSED_DATA" and column.kind in "PQ" and column.repeat == 1:
            return column
    raise no_streams()


def no_streams() -> SourceDamaged:
    """Return the error of a table without the column that every compressed image has."""
    return SourceDamaged("the compressed image has no column COMPRESSED_DATA")


def columns_of(values: Values) -> Iterator[TableColumn]:
    """Yield the columns of the table in their order (section 7.3). Raises SourceDamaged."""
    offset = 0
    for i in range(1, min(count_of(values, "TFIELDS"), _MAX_FIELDS) + 1):
        tform = _TFORM.match(str(values.get(f"TFORM{i}")))
        if tform is None:
            raise SourceDamaged(f"TFORM{i} is {told(values.get(f'TFORM{i}'))}")
        repeat, kind = int(tform[1] or 1), tform[2]
        end = offset + (-(-repeat // 8) if kind == "X" else repeat * TYPE_BYTES[kind])
        yield TableColumn(str(values.get(f"TTYPE{i}")), repeat, kind, tform[3], offset, end)
        offset = end


def count_of(values: Values, keyword: str) -> int:
    """Return a whole number of the table's cards. Raises SourceDamaged where there is none."""
    number = values.get(keyword)
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise SourceDamaged(f"{keyword} is {told(number)} in the compressed image's table")
    return number
