"""The header of a two-dimensional image, kept as the bytes it was read as and patched for a cutout."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from string import ascii_uppercase
from typing import NamedTuple

from skybatch.errors import SourceDamaged, SourceDiffers, SourceError, SourceUnsupported
from skybatch.fits.blocks import BLOCK_BYTES, CARD_BYTES, header_blocks, padded
from skybatch.fits.cards import (
    keyword_columns,
    number_span,
    parse_integer,
    parse_value,
    split_keywords,
    told,
    with_number,
    with_shift,
)
from skybatch.fits.keyed_cards import KeyedCards
from skybatch.fits.pixel_box import NO_PADDING, PixelBox
from skybatch.fits.provenance import EDGE_KEYWORD, KEYWORDS
from skybatch.fits.readers import FITS_MAGIC, Reader, not_fits

_END = b"END".ljust(CARD_BYTES)
_MAX_BLOCKS = 400  # 14,400 cards, far more than any image has; bounds the search for END
_BITPIX = (8, 16, 32, 64, -32, -64)
# Axis of each pixel coordinate that counts from the first pixel: the reference pixel of each world coordinate
# system (FITS standard, table 22) and the offsets of the logical from the physical frame that IRAF writes.
_SHIFTED_KEYWORDS = {
    f"CRPIX{axis}{version}".encode().ljust(8): axis for axis in (1, 2) for version in " " + ascii_uppercase
}
_SHIFTED_KEYWORDS |= {b"LTV1    ": 1, b"LTV2    ": 2}
_PROVENANCE = [keyword.encode().ljust(8) for keyword in (*KEYWORDS, EDGE_KEYWORD)]
# Plate solutions of the Digitized Sky Survey count from a corner of the plate by cards of their own.
_PLATE = b"CNPIX1  "


@dataclass(frozen=True)
class Header(KeyedCards):
    """A primary header of two axes.

    ``cards`` are its bytes up to END, END not included; ``naxis1`` and ``naxis2`` are columns and rows,
    ``bitpix`` is the pixel type (section 4.4.1.1).
    """

    bitpix: int
    naxis1: int
    naxis2: int

    @property
    def blocks(self) -> int:
        """Number of 2880-byte blocks of the header."""
        return header_blocks(len(self.cards) // CARD_BYTES)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row of pixels."""
        return self.naxis1 * abs(self.bitpix) // 8

    @property
    def data_bytes(self) -> int:
        """Bytes of the pixels, without padding."""
        return self.naxis2 * self.row_bytes

    @property
    def file_bytes(self) -> int:
        """Bytes of the plain file: header and padded data."""
        return self.blocks * BLOCK_BYTES + padded(self.data_bytes)

    @property
    def keywords(self) -> list[str]:
        """Keyword of every card, in order; empty for blank cards."""
        return list(_keywords(keyword_columns(self.cards)))

    @property
    def blank(self) -> int | None:
        """Stored value of blank pixels (section 4.4.2.5), None where the header has no BLANK.

        Raises SourceDamaged where that is no integer of the pixels' type.
        """
        value = self.get("BLANK")
        if value is None:
            return None
        lowest = 0 if self.bitpix == 8 else -(1 << (self.bitpix - 1))
        if type(value) is not int or not lowest <= value < lowest + (1 << self.bitpix):
            raise SourceDamaged(f"BLANK is {told(value)}, which no pixel of BITPIX {self.bitpix} can have")
        return value

    @cached_property
    def crc(self) -> int:
        """CRC-32 of the cards."""
        return zlib.crc32(self.cards)

    @property
    def has_checksums(self) -> bool:
        """True where the header has DATASUM or CHECKSUM."""
        return self._places.checksums

    def cutout_blocks(self, added: bytes) -> int:
        """Return the number of blocks of a cutout's header with ``added`` cards at its end."""
        return header_blocks((len(self.cards) + len(added)) // CARD_BYTES)

    def check(self, boxes: Sequence[PixelBox]) -> None:
        """Check that these boxes can be cut from this image.

        Raises SourceDiffers where a box leaves the image, SourceUnsupported where a shift of CRPIX would not
        keep pixels on their sky positions, SourceDamaged where CRPIX is no number, or BLANK of a padded crop.
        """
        for box in boxes:
            if box.x0 + box.nx > self.naxis1 or box.y0 + box.ny > self.naxis2:
                raise SourceDiffers(f"pixels {box.section} of an image of {self.naxis1} x {self.naxis2}")
        if self._places.refusal is not None:
            raise SourceUnsupported(self._places.refusal)
        for offset, _ in self._places.shifted:
            number_span(self.cards[offset : offset + CARD_BYTES])
        if self.bitpix > 0 and any(box.padding != NO_PADDING for box in boxes):
            _ = self.blank  # raises where it is no value

    def cutout(self, box: PixelBox, added: bytes) -> bytearray:
        """Return the padded header of a cutout: NAXIS1/2, CRPIX1/2 patched in place, ``added`` before END.

        The box must have passed ``check``.
        """
        patched = bytearray(self.cards)
        for place, side in ((3, box.width), (4, box.height)):
            offset = place * CARD_BYTES
            _patch(patched, offset, with_number(self.cards[offset : offset + CARD_BYTES], str(side)))
        for offset, axis in self._places.shifted:
            card = self.cards[offset : offset + CARD_BYTES]
            _patch(patched, offset, with_shift(card, box.corner[axis - 1]))
        for offset in self._places.earlier_origins:
            _patch(patched, offset, b"HISTORY " + self.cards[offset : offset + CARD_BYTES - 8])
        return with_end(patched + added)

    @cached_property
    def _places(self) -> _CardPlaces:
        return _find_card_places(keyword_columns(self.cards))


@lru_cache(maxsize=32)  # a survey's images have the same keywords
def _keywords(columns: bytes) -> tuple[str, ...]:
    return tuple(key.decode("latin-1").rstrip() for key in split_keywords(columns))


HeaderCheck = Callable[[Header], None]
"""Raises SourceError for an image that is not the one expected."""


def accept_any(_: Header) -> None:
    """Accept every image: the check of those who expect none in particular."""


class _CardPlaces(NamedTuple):
    """What follows from the keywords alone.

    ``shifted`` are offset and axis of the cards to shift with the first pixel, ``earlier_origins`` offsets of
    the provenance cards of an image that is itself a cutout, ``refusal`` the reason why none can be made.
    """

    shifted: tuple[tuple[int, int], ...]
    earlier_origins: tuple[int, ...]
    checksums: bool
    refusal: str | None


@lru_cache(maxsize=256)  # a survey's images have the same keywords
def _find_card_places(columns: bytes) -> _CardPlaces:
    keys = split_keywords(columns)
    return _CardPlaces(
        shifted=tuple(
            (CARD_BYTES * i, _SHIFTED_KEYWORDS[key]) for i, key in enumerate(keys) if key in _SHIFTED_KEYWORDS
        ),
        earlier_origins=tuple(CARD_BYTES * keys.index(key) for key in _PROVENANCE if key in keys),
        checksums=b"DATASUM " in keys or b"CHECKSUM" in keys,
        refusal=_refusal(keys),
    )


def _refusal(keys: Sequence[bytes]) -> str | None:
    """Return why a shift of the reference pixel would not keep pixels on their sky positions, or None."""
    if _PLATE in keys:
        return "the header has a plate solution (CNPIX1); such images are not cut"
    for axis in (b"1", b"2"):
        has_coordinates = b"CTYPE%s  " % axis in keys or b"CRVAL%s  " % axis in keys
        if has_coordinates and b"CRPIX%s  " % axis not in keys:
            return f"the header has no CRPIX{axis.decode()} for its coordinates"
    return None


def with_end(cards: bytes | bytearray) -> bytearray:
    """Return cards with END behind them, padded with blanks to whole blocks (section 4.4.1.2)."""
    length = len(cards) + CARD_BYTES
    return bytearray(b"".join((cards, _END, b" " * (padded(length) - length))))


def read_header(reader: Reader) -> Header:
    """Read a header up to END, block by block; the reader is left at the first pixel.

    Raises SourceDamaged for what is not FITS, SourceUnsupported for anything but one image of two axes.
    """
    return parse_header(read_cards(reader, FITS_MAGIC))


def read_cards(reader: Reader, magic: bytes, refusal: Callable[[bytes], SourceError] = not_fits) -> bytes:
    """Read the cards of one header, END not included, block by block; the reader is left behind it.

    Raises SourceDamaged, and what ``refusal`` returns for a beginning that is not ``magic``.
    """
    header = b""
    for _ in range(_MAX_BLOCKS):
        start = len(header)
        header += reader.read(BLOCK_BYTES)
        if not header.startswith(magic):
            raise refusal(header)
        if (end := _end_offset(header, start)) >= 0:
            return header[:end]
        if len(header) < start + BLOCK_BYTES:
            raise SourceDamaged("the file ends within its header")
    raise SourceDamaged(f"the header has no END in its first {_MAX_BLOCKS} blocks")


def find_end(source: bytes, start: int = 0) -> int:
    """Return the offset of END in the header that begins at ``start``.

    Raises SourceDamaged where there is none.
    """
    if (end := _end_offset(source, start)) < 0:
        raise SourceDamaged("the file has no END of its header")
    return end


def _end_offset(source: bytes, start: int) -> int:
    """Return the offset of END on the grid of cards from ``start``, -1 if absent."""
    last = start + _MAX_BLOCKS * BLOCK_BYTES
    end = source.find(_END, start, last)
    while end >= 0 and (end - start) % CARD_BYTES:
        end = source.find(_END, end + 1, last)
    return end


def parse_header(cards: bytes) -> Header:
    """Return a header from its cards without END; errors as ``read_header``."""
    simple, bitpix, naxis = (
        _mandatory_card(cards, i, key) for i, key in enumerate(("SIMPLE", "BITPIX", "NAXIS"))
    )
    if parse_value(simple) is not True:
        raise SourceUnsupported("SIMPLE is not T: the file does not conform to the FITS standard")
    if parse_integer(bitpix) not in _BITPIX:
        raise SourceDamaged(f"BITPIX is {parse_integer(bitpix)}, which no FITS file can have")
    if (axes := parse_integer(naxis)) != 2:
        kind = "no image in its primary HDU" if axes == 0 else f"an image of {axes} axes"
        raise SourceUnsupported(f"the file has {kind} (NAXIS = {axes}); only images of 2 axes are cut")
    sides = [parse_integer(_mandatory_card(cards, 2 + axis, f"NAXIS{axis}")) for axis in (1, 2)]
    if min(sides) < 0:
        raise SourceDamaged(f"NAXIS1, NAXIS2 are {sides[0]}, {sides[1]}")
    if min(sides) == 0:
        raise SourceUnsupported(f"the image has no pixels (NAXIS1, NAXIS2 are {sides[0]}, {sides[1]})")
    return Header(cards, parse_integer(bitpix), *sides)


def _mandatory_card(cards: bytes, index: int, keyword: str) -> bytes:
    card = cards[index * CARD_BYTES : (index + 1) * CARD_BYTES]
    if not card.startswith(keyword.ljust(8).encode() + b"= "):
        raise SourceDamaged(f"not FITS: card {index + 1} is not {keyword}")
    return card


def _patch(header: bytearray, offset: int, card: bytes) -> None:
    header[offset : offset + CARD_BYTES] = card
