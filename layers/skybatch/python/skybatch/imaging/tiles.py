"""Tile-compressed images (FITS standard 4.0, section 10): HCOMPRESS_1, 16-bit integers, any tile shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.imaging import hcompress
from skybatch.imaging.box import CARD, padded
from skybatch.imaging.cards import Value, value
from skybatch.imaging.header import Header, end_of_cards, parse

_TABLE = b"XTENSION= 'BINTABLE'"
_FORM = re.compile(r"(\d*)([LXBIJKAEDCMPQ])")
_WIDTHS = dict(zip("LBIJKAEDCMPQ", (1, 1, 2, 4, 8, 1, 4, 8, 8, 16, 8, 16), strict=True))
# Cards of the table, not of the image (sections 7.3 and 10.1.1); those renamed come first in the image.
_RENAMED = {
    "ZSIMPLE": "SIMPLE",
    "ZBITPIX": "BITPIX",
    "ZNAXIS": "NAXIS",
    "ZNAXIS1": "NAXIS1",
    "ZNAXIS2": "NAXIS2",
}
_KEPT = {"ZEXTEND": "EXTEND", "ZBLOCKED": "BLOCKED", "ZHECKSUM": "CHECKSUM", "ZDATASUM": "DATASUM"}
_DROPPED = re.compile(
    r"(XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|T(TYPE|FORM)\d+|THEAP|CHECKSUM|DATASUM"
    r"|Z(IMAGE|TENSION|PCOUNT|GCOUNT|CMPTYPE|TILE\d+|NAME\d+|VAL\d+|MASKCMP|QUANTIZ|DITHER0))$"
)

_STRETCH = 32768  # pixels converted at a time, so that they stay in the processor's cache
_COMPRESSION = ("ZBITPIX", "ZNAXIS", "ZSCALE")


@dataclass(frozen=True)
class TiledImage:
    """One compressed image: its header as if plain, and where its tiles' streams are.

    ``tile`` is (rows, columns); ``streams`` go by rows of tiles, the bottom left one first.
    """

    header: Header
    tile: tuple[int, int]
    smooth: bool
    streams: tuple[memoryview, ...]

    def rows(self, first: int, last: int) -> NDArray[np.int16]:
        """Pixels of the rows ``first`` to before ``last``, shape (rows, columns), big-endian.

        Only tiles that hold some of these rows are decoded. Raises SourceDamaged.
        """
        height, width = self.tile
        bottom = first // height * height
        top = min(-(-last // height) * height, self.header.naxis2)
        pixels = np.empty((top - bottom, self.header.naxis1), ">i2")
        for y in range(bottom, top, height):
            for x in range(0, self.header.naxis1, width):
                part = pixels[y - bottom : y - bottom + height, x : x + width]
                part[...] = to_int16(self._tile(y // height, x // width, part.shape))
        return pixels[first - bottom : last - bottom]

    def _tile(self, row: int, column: int, shape: tuple[int, ...]) -> hcompress.Frame:
        across = -(-self.header.naxis1 // self.tile[1])
        stream = self.streams[row * across + column]
        return hcompress.decode(stream, shape[0], shape[1], smooth=self.smooth)


def to_int16(frame: hcompress.Frame) -> NDArray[np.int16]:
    """Big-endian 16-bit integers in the memory of a frame no longer needed; what overshot them is clipped."""
    pixels = frame.reshape(-1)
    packed = pixels.view(">i2")
    for start in range(0, pixels.size, _STRETCH):
        part = pixels[start : start + _STRETCH]
        packed[start : start + part.size] = np.clip(part, -32768, 32767, out=part)
    return packed[: pixels.size].reshape(frame.shape)


def open_tiles(source: bytes) -> TiledImage:
    """The compressed image of a file whose primary HDU is empty and whose one extension holds it.

    Raises SourceUnsupported for other kinds of file or compression, SourceDamaged for a broken table.
    """
    start = padded(end_of_cards(source) + CARD)
    if not source.startswith(_TABLE, start):
        raise SourceUnsupported("the file has neither an HCOMPRESS stream nor a compressed image")
    end = end_of_cards(source, start)
    cards = [source[i : i + CARD] for i in range(start, end, CARD)]
    table = _structure(cards)
    _check_kind(table)
    header = parse(b"".join(_image_cards(cards)))
    sides = _count(table, "ZTILE2"), _count(table, "ZTILE1")
    if 0 in sides:
        raise SourceDamaged("the compressed image has tiles without pixels")
    tile = min(sides[0], header.naxis2), min(sides[1], header.naxis1)
    data = memoryview(source)[padded(end + CARD) :]
    streams = tuple(_streams(table, data))
    if len(streams) != -(-header.naxis2 // tile[0]) * -(-header.naxis1 // tile[1]):
        raise SourceDamaged(f"{len(streams)} tiles of {tile[1]} x {tile[0]} pixels do not make the image")
    return TiledImage(header, tile, _smooth(table), streams)


def _structure(cards: list[bytes]) -> dict[str, Value]:
    """The values that describe the table; the image's own cards are not interpreted."""
    named = {card[:8].decode("latin-1").rstrip(): card for card in reversed(cards)}
    return {key: value(card) for key, card in named.items() if _DROPPED.match(key) or key in _COMPRESSION}


def _check_kind(table: dict[str, Value]) -> None:
    wanted = {"ZIMAGE": True, "ZCMPTYPE": "HCOMPRESS_1", "ZBITPIX": 16, "ZNAXIS": 2}
    for keyword, text in wanted.items():
        if table.get(keyword) != text:
            raise SourceUnsupported(f"a compressed image with {keyword} = {table.get(keyword)}, not {text}")
    if "ZSCALE" in table or "ZSCALE" in (table.get(f"TTYPE{i}") for i in range(1, 10)):
        raise SourceUnsupported("a compressed image of quantized floats")


def _image_cards(cards: list[bytes]) -> Iterator[bytes]:
    """The image's cards (section 10.2.1): mandatory ones by their Z names first, the rest as it stands."""
    named = {card[:8].decode("latin-1").rstrip(): card for card in reversed(cards)}
    yield named.get("ZSIMPLE", b"ZSIMPLE =                    T".ljust(CARD)).replace(
        b"ZSIMPLE ", b"SIMPLE  ", 1
    )
    for old, new in list(_RENAMED.items())[1:]:
        if old not in named:
            raise SourceDamaged(f"the compressed image has no {old}")
        yield new.ljust(8).encode() + named[old][8:]
    for card in cards:
        keyword = card[:8].decode("latin-1").rstrip()
        if keyword in _KEPT:
            yield _KEPT[keyword].ljust(8).encode() + card[8:]
        elif keyword not in _RENAMED and not _DROPPED.match(keyword) and not _astropys_name(card):
            yield card


def _astropys_name(card: bytes) -> bool:
    return card.startswith(b"EXTNAME = 'COMPRESSED_IMAGE'")


def _streams(table: dict[str, Value], data: memoryview) -> Iterator[memoryview]:
    """The compressed bytes of each tile, by the descriptors of COMPRESSED_DATA (section 7.3.5)."""
    width, count = _count(table, "NAXIS1"), _count(table, "NAXIS2")
    offset, word = _column(table)
    heap = _count(table, "THEAP") if "THEAP" in table else width * count
    if width * count > len(data) or offset + 2 * word > width:
        raise SourceDamaged("the file ends within its table of tiles")
    for row in range(0, width * count, width):
        place = row + offset
        length = int.from_bytes(data[place : place + word], "big")
        start = heap + int.from_bytes(data[place + word : place + 2 * word], "big")
        if start + length > len(data):
            raise SourceDamaged("the file ends within its compressed tiles")
        yield data[start : start + length]


def _column(table: dict[str, Value]) -> tuple[int, int]:
    """Offset of COMPRESSED_DATA in a table row, and bytes of each number of its descriptors."""
    offset = 0
    for i in range(1, _count(table, "TFIELDS") + 1):
        form = _FORM.match(str(table.get(f"TFORM{i}")))
        if form is None:
            raise SourceDamaged(f"TFORM{i} is {table.get(f'TFORM{i}')}")
        repeat = int(form[1] or 1)
        if table.get(f"TTYPE{i}") == "COMPRESSED_DATA" and form[2] in "PQ" and repeat == 1:
            return offset, 4 if form[2] == "P" else 8
        offset += -(-repeat // 8) if form[2] == "X" else repeat * _WIDTHS[form[2]]
    raise SourceDamaged("the compressed image has no column COMPRESSED_DATA")


def _smooth(table: dict[str, Value]) -> bool:
    names = {table.get(f"ZNAME{i}"): table.get(f"ZVAL{i}") for i in range(1, 10)}
    return bool(names.get("SMOOTH", 0))


def _count(table: dict[str, Value], keyword: str) -> int:
    number = table.get(keyword)
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise SourceDamaged(f"{keyword} is {number} in the compressed image's table")
    return number
