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
from skybatch.imaging.atlas import check_bytes
from skybatch.imaging.box import CARD, padded
from skybatch.imaging.cards import Value, value
from skybatch.imaging.header import Header, parse, read_cards
from skybatch.imaging.source import FITS_MAGIC, Reader

# Enough for the headers and the table of a survey image (14,664 bytes): one request brings them.
FRONT_BYTES = 17_280
_TABLE = b"XTENSION= 'BINTABLE'"
_FORM = re.compile(r"(\d*)([LXBIJKAEDCMPQ])")
_WIDTHS = dict(zip("LBIJKAEDCMPQ", (1, 1, 2, 4, 8, 1, 4, 8, 8, 16, 8, 16), strict=True))
_MOST_TILES = 1 << 20  # a million rows of a table; a survey image has 32
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
        return max((start + length for start, length in self.places), default=self.heap)

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
    cards = [raw[i : i + CARD] for i in range(0, len(raw), CARD)]
    first = {card[:8]: card for card in reversed(cards)}
    values = _structure(first)
    _check_kind(values, compression, bitpix)
    header = parse(b"".join((*_mandatory_cards(first), *_other_cards(cards))))
    tile = _tile(values, header)
    start = padded(len(primary) + CARD) + padded(len(raw) + CARD)
    places = _places(values, reader, start)
    if len(places) != -(-header.naxis2 // tile[0]) * -(-header.naxis1 // tile[1]):
        raise SourceDamaged(f"{len(places)} tiles of {tile[1]} x {tile[0]} pixels do not make the image")
    return TileTable(header, tile, start, start + _heap(values), places, values)


def _no_table(_: bytes) -> SourceError:
    return SourceUnsupported("the file has neither an HCOMPRESS stream nor a compressed image")


def _structure(first: Mapping[bytes, bytes]) -> dict[str, Value]:
    """The values that describe the table; the image's own cards are not interpreted."""
    return {
        key.decode("ascii").rstrip(): value(card)
        for key, card in first.items()
        if key == b"ZSCALE  " or _name_in_image(key) is None
    }


@lru_cache(maxsize=4096)  # a survey's images have the same keywords
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


def _mandatory_cards(first: Mapping[bytes, bytes]) -> Iterator[bytes]:
    """The image's first cards, which its Z keywords hold (section 10.2.1)."""
    yield b"SIMPLE  " + first.get(b"ZSIMPLE ", _DEFAULT_SIMPLE)[8:]
    for old, new in list(RENAMED.items())[1:]:
        if old not in first:
            raise SourceDamaged(f"the compressed image has no {old.decode().rstrip()}")
        yield new + first[old][8:]


def _other_cards(cards: list[bytes]) -> list[bytes]:
    """The image's further cards as they stand, in their order."""
    return [
        name + card[8:]
        for card in cards
        if (name := _name_in_image(card[:8])) is not None
        and (name != b"EXTNAME " or not card.startswith(_ASTROPYS_NAME))
    ]


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
    check_bytes(width * max(count, 1))
    if count > _MOST_TILES or offset + 2 * word > width:
        raise SourceDamaged(f"no table of tiles has {count} rows of {width} bytes")
    rows = bytes(reader.read(width * count))
    if len(rows) < width * count:
        raise SourceDamaged("the file ends within its table of tiles")
    heap, end = start + _heap(values), _heap_bytes(values)
    number = "I" if word == 4 else "Q"
    descriptors = struct.iter_unpack(f">{offset}x2{number}{width - offset - 2 * word}x", rows)
    places = [(heap + first, length) for length, first in descriptors]
    if end is not None and any(first + length > heap + end for first, length in places):
        raise SourceDamaged("a tile lies beyond the heap of its table")
    return tuple(places)


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
