"""What stands in front of the tiles of a compressed image: its header, and where each tile lies.

A tile-compressed image is a binary table whose rows point to the streams of its tiles in a heap behind it
(FITS standard 4.0, sections 7.3.5 and 10.1). Header and table alone tell which bytes hold which pixels.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from skybatch.errors import SourceDamaged, SourceError, SourceUnsupported
from skybatch.fits.cards import KEYWORD, Value, keywords, separate, value
from skybatch.fits.header import Header, parse, read_cards
from skybatch.fits.limits import check_image_bytes
from skybatch.fits.pixel_box import CARD, PixelBox, padded
from skybatch.fits.readers import FITS_MAGIC, Reader

# Enough for the headers and the table of a survey image (15,424 bytes): one request brings them.
FRONT_BYTES = 17_280
_TABLE = b"XTENSION= 'BINTABLE'"
_FORM = re.compile(r"(\d*)([LXBIJKAEDCMPQ])")
_WIDTHS = dict(zip("LBIJKAEDCMPQ", (1, 1, 2, 4, 8, 1, 4, 8, 8, 16, 8, 16), strict=True))
_MOST_TILES = 1 << 20  # a million rows of a table; a survey image has 128
# Cards of the table, not of the image (sections 7.3 and 10.1.1); those renamed come first in the image.
RENAMED = {
    b"ZSIMPLE ": b"SIMPLE  ",
    b"ZBITPIX ": b"BITPIX  ",
    b"ZNAXIS  ": b"NAXIS   ",
    b"ZNAXIS1 ": b"NAXIS1  ",
    b"ZNAXIS2 ": b"NAXIS2  ",
}
KEPT = {
    b"ZEXTEND ": b"EXTEND  ",
    b"ZBLOCKED": b"BLOCKED ",
    b"ZHECKSUM": b"CHECKSUM",
    b"ZDATASUM": b"DATASUM ",
}
_DROPPED = re.compile(
    rb"(XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|T(TYPE|FORM)\d+|THEAP|CHECKSUM|DATASUM"
    rb"|Z(IMAGE|BLANK|TENSION|PCOUNT|GCOUNT|CMPTYPE|TILE\d+|NAME\d+|VAL\d+|MASKCMP|QUANTIZ|DITHER0)) *$"
)
_ASTROPYS_NAME = b"EXTNAME = 'COMPRESSED_IMAGE'"
_DEFAULT_SIMPLE = b"ZSIMPLE =                    T".ljust(CARD)


@dataclass(frozen=True)
class TileTable:
    """A compressed image up to its heap.

    ``header`` is the image's as if plain, ``tile`` the (rows, columns) of its tiles, which go by rows of
    tiles, the bottom left one first; ``places`` are the (start, length) of their streams in the file in
    bytes, ``table`` and ``heap`` where table and heap begin there. ``values`` are those of the cards that
    describe the table and its compression.
    """

    header: Header
    tile: tuple[int, int]
    table: int
    heap: int
    places: tuple[tuple[int, int], ...]
    values: dict[str, Value]

    @property
    def end(self) -> int:
        """Bytes of the file up to the end of its last stream."""
        return max(map(sum, self.places), default=self.heap)

    @property
    def across(self) -> int:
        """How many tiles lie side by side."""
        return -(-self.header.naxis1 // self.tile[1])

    def corner(self, tile: int) -> tuple[int, int]:
        """The first row and column of a tile, from 0."""
        band, place = divmod(tile, self.across)
        return band * self.tile[0], place * self.tile[1]

    def shape(self, tile: int) -> tuple[int, int]:
        """Rows and columns of a tile: those at the upper and right edge may have fewer."""
        row, column = self.corner(tile)
        return min(self.tile[0], self.header.naxis2 - row), min(self.tile[1], self.header.naxis1 - column)

    def bands(self, box: PixelBox) -> list[range]:
        """The tiles that hold pixels of a box, those side by side together, the lowest first."""
        (rows, columns), across = self.tile, self.across
        first, last = box.x0 // columns, (box.x0 + box.nx - 1) // columns
        bands = range(box.y0 // rows, (box.y0 + box.ny - 1) // rows + 1)
        return [range(band * across + first, band * across + last + 1) for band in bands]

    def parameter(self, name: str) -> Value:
        """A parameter of the compression (ZNAMEi, ZVALi; section 10.1.2)."""
        names = {self.values.get(f"ZNAME{i}"): self.values.get(f"ZVAL{i}") for i in range(1, 10)}
        return names.get(name)


def read_table(reader: Reader, compression: str, bitpix: int) -> TileTable:
    """Read a file whose primary HDU is empty and whose first extension holds a compressed image.

    The reader is left at the heap. Raises SourceUnsupported for other kinds of file, compression or pixels,
    SourceDamaged for a broken table.
    """
    primary = read_cards(reader, FITS_MAGIC)
    raw = read_cards(reader, _TABLE, _no_table)
    layout = _layout(keywords(raw))
    values = {name: value(raw[at : at + CARD]) for name, at in layout.own}
    _check_kind(values, compression, bitpix)
    header = parse(b"".join((*_mandatory_cards(raw, layout), *_other_cards(raw, layout))))
    tile = _tile(values, header)
    start = padded(len(primary) + CARD) + padded(len(raw) + CARD)
    places = _places(values, reader, start)
    table = TileTable(header, tile, start, start + _heap(values), places, values)
    if len(places) != -(-header.naxis2 // tile[0]) * table.across:
        raise SourceDamaged(f"{len(places)} tiles of {tile[1]} x {tile[0]} pixels do not make the image")
    return table


def _no_table(_: bytes) -> SourceError:
    return SourceUnsupported("the file has neither an HCOMPRESS stream nor a compressed image")


@dataclass(frozen=True)
class _Layout:
    """Where cards stand in a table's header, in bytes: the same for all images of the same keywords.

    ``own`` are the first cards of each keyword that describe the table, ``renamed`` those of the image's
    first cards. ``kept`` are runs of the image's further cards as they stand, and single ones whose name
    in the image has to be seen to.
    """

    own: tuple[tuple[str, int], ...]
    renamed: Mapping[bytes, int]
    kept: tuple[tuple[int, int, bytes | None], ...]


@lru_cache(maxsize=256)
def _layout(names: bytes) -> _Layout:
    own: dict[str, int] = {}
    renamed: dict[bytes, int] = {}
    kept: list[tuple[int, int, bytes | None]] = []
    for i, key in enumerate(separate(names)):
        at, name = CARD * i, _name_in_image(key)
        if name is None or key == b"ZSCALE  ":
            own.setdefault(key.decode("ascii").rstrip(), at)
        if key in RENAMED:
            renamed.setdefault(key, at)
        if name is None:
            continue
        as_it_stands = name == key != b"EXTNAME "
        if as_it_stands and kept and kept[-1][1:] == (at, None):
            kept[-1] = (kept[-1][0], at + CARD, None)
        else:
            kept.append((at, at + CARD, None if as_it_stands else name))
    return _Layout(tuple(own.items()), renamed, tuple(kept))


def _name_in_image(keyword: bytes) -> bytes | None:
    """The keyword that a card of the table has in the image; None for what stands elsewhere there, or not."""
    if keyword in RENAMED or _DROPPED.match(keyword):
        return None
    return KEPT.get(keyword, keyword)


def _check_kind(values: dict[str, Value], compression: str, bitpix: int) -> None:
    wanted = {"ZIMAGE": True, "ZCMPTYPE": compression, "ZBITPIX": bitpix, "ZNAXIS": 2}
    for keyword, text in wanted.items():
        if values.get(keyword) != text:
            raise SourceUnsupported(f"a compressed image with {keyword} = {values.get(keyword)}, not {text}")
    if "ZSCALE" in values or "ZSCALE" in (values.get(f"TTYPE{i}") for i in range(1, 10)):
        raise SourceUnsupported("a compressed image of quantized floats")


def _mandatory_cards(raw: bytes, layout: _Layout) -> Iterator[bytes]:
    """The image's first cards, which its Z keywords hold (section 10.2.1)."""
    for old, new in RENAMED.items():
        at = layout.renamed.get(old)
        if at is None and old != b"ZSIMPLE ":
            raise SourceDamaged(f"the compressed image has no {old.decode().rstrip()}")
        yield new + (_DEFAULT_SIMPLE[KEYWORD:] if at is None else raw[at + KEYWORD : at + CARD])


def _other_cards(raw: bytes, layout: _Layout) -> Iterator[bytes]:
    """The image's further cards as they stand, in their order."""
    for start, end, name in layout.kept:
        if name is None:
            yield raw[start:end]
        elif not raw.startswith(_ASTROPYS_NAME, start):
            yield name + raw[start + KEYWORD : end]


def _tile(values: dict[str, Value], header: Header) -> tuple[int, int]:
    """Rows and columns of a tile; by default a tile is one row (section 10.1.1)."""
    rows = _count(values, "ZTILE2") if "ZTILE2" in values else 1
    columns = _count(values, "ZTILE1") if "ZTILE1" in values else header.naxis1
    if 0 in (rows, columns):
        raise SourceDamaged("the compressed image has tiles without pixels")
    return min(rows, header.naxis2), min(columns, header.naxis1)


def _heap(values: dict[str, Value]) -> int:
    """Bytes from the beginning of the table to its heap."""
    return (
        _count(values, "THEAP") if "THEAP" in values else _count(values, "NAXIS1") * _count(values, "NAXIS2")
    )


def _places(values: dict[str, Value], reader: Reader, start: int) -> tuple[tuple[int, int], ...]:
    """Start and length of each tile's stream, by the descriptors of COMPRESSED_DATA (section 7.3.5)."""
    width, count = _count(values, "NAXIS1"), _count(values, "NAXIS2")
    offset, word = _column(values)
    check_image_bytes(width * max(count, 1))
    if count > _MOST_TILES or offset + 2 * word > width:
        raise SourceDamaged(f"no table of tiles has {count} rows of {width} bytes")
    rows = bytes(reader.read(width * count))
    if len(rows) < width * count:
        raise SourceDamaged("the file ends within its table of tiles")
    heap, end = start + _heap(values), _heap_bytes(values)
    number = "I" if word == 4 else "Q"
    descriptors = struct.iter_unpack(f">{offset}x2{number}{width - offset - 2 * word}x", rows)
    places = tuple([(heap + first, length) for length, first in descriptors])
    if end is not None and max(map(sum, places), default=heap) > heap + end:
        raise SourceDamaged("a tile lies beyond the heap of its table")
    return places


def _heap_bytes(values: dict[str, Value]) -> int | None:
    """Bytes of the heap as PCOUNT has them, the gap before it taken off; None where it is absent."""
    if "PCOUNT" not in values:
        return None
    return _count(values, "PCOUNT") + _count(values, "NAXIS1") * _count(values, "NAXIS2") - _heap(values)


def _column(values: dict[str, Value]) -> tuple[int, int]:
    """Offset of COMPRESSED_DATA in a table row, and bytes of each number of its descriptors."""
    offset = 0
    for i in range(1, _count(values, "TFIELDS") + 1):
        form = _FORM.match(str(values.get(f"TFORM{i}")))
        if form is None:
            raise SourceDamaged(f"TFORM{i} is {values.get(f'TFORM{i}')}")
        repeat = int(form[1] or 1)
        if values.get(f"TTYPE{i}") == "COMPRESSED_DATA" and form[2] in "PQ" and repeat == 1:
            return offset, 4 if form[2] == "P" else 8
        offset += -(-repeat // 8) if form[2] == "X" else repeat * _WIDTHS[form[2]]
    raise SourceDamaged("the compressed image has no column COMPRESSED_DATA")


def _count(values: dict[str, Value], keyword: str) -> int:
    number = values.get(keyword)
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise SourceDamaged(f"{keyword} is {number} in the compressed image's table")
    return number
