"""The header of a compressed image's table: its own cards, and those of the image it stands for.

A tile-compressed image keeps its cards in the header of a binary table, the mandatory ones under names that
begin with Z (FITS standard 4.0, section 10.1.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.blocks import CARD_BYTES
from skybatch.fits.cards import KEYWORD_BYTES, Value, keyword_columns, parse_value, split_keywords, told
from skybatch.fits.header import Header, parse_header

Values = dict[str, Value]

# Names of the image's first cards in the table, and of others that the table has of its own.
MANDATORY_NAMES = {
    b"ZSIMPLE ": b"SIMPLE  ",
    b"ZBITPIX ": b"BITPIX  ",
    b"ZNAXIS  ": b"NAXIS   ",
    b"ZNAXIS1 ": b"NAXIS1  ",
    b"ZNAXIS2 ": b"NAXIS2  ",
}
RESERVED_NAMES = {
    b"ZEXTEND ": b"EXTEND  ",
    b"ZBLOCKED": b"BLOCKED ",
    b"ZHECKSUM": b"CHECKSUM",
    b"ZDATASUM": b"DATASUM ",
}
# Cards of the table that the image has not (sections 7.3 and 10.1.1).
_TABLE_ONLY = re.compile(
    rb"(XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|T(TYPE|FORM|NULL|SCAL|ZERO|UNIT|DISP)\d+|THEAP"
    rb"|CHECKSUM|DATASUM|Z(IMAGE|BLANK|TENSION|PCOUNT|GCOUNT|CMPTYPE|TILE\d+|NAME\d+|VAL\d+|MASKCMP|QUANTIZ"
    rb"|DITHER0|SCALE|ZERO|NAXIS[3-9])) *$"
)
_ASTROPY_EXTNAME = b"EXTNAME = 'COMPRESSED_IMAGE'"
_DEFAULT_SIMPLE = b"ZSIMPLE =                    T".ljust(CARD_BYTES)


def table_values(cards: bytes) -> Values:
    """Return the values of the cards that describe the table and its compression, by keyword."""
    layout = _card_layout(keyword_columns(cards))
    return {name: parse_value(cards[at : at + CARD_BYTES]) for name, at in layout.table}


def image_header(cards: bytes) -> Header:
    """Return the header of the image as if it were stored plain.

    Raises SourceDamaged where a mandatory card is absent, and what ``parse_header`` raises.
    """
    return parse_header(image_cards(cards))


def image_cards(cards: bytes) -> bytes:
    """Return the cards of the image as if it were stored plain, whatever image it is.

    Raises SourceDamaged where a mandatory card is absent.
    """
    layout = _card_layout(keyword_columns(cards))
    return b"".join((*_mandatory_cards(cards, layout), *_other_cards(cards, layout)))


def check_compression(values: Values, compression: str, bitpix: int) -> None:
    """Raise SourceUnsupported for anything but two axes of unscaled pixels, compressed so."""
    expected: Values = {"ZIMAGE": True, "ZCMPTYPE": compression, "ZBITPIX": bitpix, "ZNAXIS": 2}
    for keyword, value in expected.items():
        if values.get(keyword) != value:
            found = told(values.get(keyword))
            raise SourceUnsupported(f"a compressed image whose {keyword} is {found}, not {told(value)}")
    if "ZSCALE" in values or "ZSCALE" in (values.get(f"TTYPE{i}") for i in range(1, 10)):
        raise SourceUnsupported("a compressed image of quantized floats")


@dataclass(frozen=True)
class _CardLayout:
    """Where cards stand in a table's header, in bytes: the same for all images of the same keywords.

    ``table`` are the first cards of each keyword that describe the table, ``mandatory`` those of the image's
    first cards. ``other`` are (start, end, name) of the image's further cards: runs of cards that stay as
    they are, with the name None, and single ones whose name in the image differs or must be checked.
    """

    table: tuple[tuple[str, int], ...]
    mandatory: Mapping[bytes, int]
    other: tuple[tuple[int, int, bytes | None], ...]


@lru_cache(maxsize=256)
def _card_layout(columns: bytes) -> _CardLayout:
    table: dict[str, int] = {}
    mandatory: dict[bytes, int] = {}
    other: list[tuple[int, int, bytes | None]] = []
    for i, keyword in enumerate(split_keywords(columns)):
        at, name = CARD_BYTES * i, _image_keyword(keyword)
        if name is None:
            table.setdefault(keyword.decode("ascii").rstrip(), at)
        if keyword in MANDATORY_NAMES:
            mandatory.setdefault(keyword, at)
        if name is None:
            continue
        unchanged = name == keyword != b"EXTNAME "
        if unchanged and other and other[-1][1:] == (at, None):
            other[-1] = (other[-1][0], at + CARD_BYTES, None)
        else:
            other.append((at, at + CARD_BYTES, None if unchanged else name))
    return _CardLayout(tuple(table.items()), mandatory, tuple(other))


def _image_keyword(keyword: bytes) -> bytes | None:
    """Return the name in the image of a card of the table; None where it is mandatory there, or absent."""
    if keyword in MANDATORY_NAMES or _TABLE_ONLY.match(keyword):
        return None
    return RESERVED_NAMES.get(keyword, keyword)


def _mandatory_cards(cards: bytes, layout: _CardLayout) -> Iterator[bytes]:
    """Yield the image's first cards, which the table's Z keywords hold (section 10.2.1)."""
    for table_name, image_name in MANDATORY_NAMES.items():
        at = layout.mandatory.get(table_name)
        if at is None and table_name != b"ZSIMPLE ":
            raise SourceDamaged(f"the compressed image has no {table_name.decode().rstrip()}")
        card = _DEFAULT_SIMPLE if at is None else cards[at : at + CARD_BYTES]
        yield image_name + card[KEYWORD_BYTES:]


def _other_cards(cards: bytes, layout: _CardLayout) -> Iterator[bytes]:
    """Yield the image's further cards in their order."""
    for start, end, name in layout.other:
        if name is None:
            yield cards[start:end]
        elif not cards.startswith(_ASTROPY_EXTNAME, start):
            yield name + cards[start + KEYWORD_BYTES : end]
