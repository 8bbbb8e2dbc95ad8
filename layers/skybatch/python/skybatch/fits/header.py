"""The header of a two-dimensional image: read, held as the bytes it was, patched for a cutout."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from string import ascii_uppercase
from typing import NamedTuple

from skybatch.errors import SourceDamaged, SourceDiffers, SourceError, SourceUnsupported
from skybatch.fits.cards import Value, integer, keywords, number_token, separate, shifted, value, with_number
from skybatch.fits.pixel_box import BLOCK, CARD, PixelBox, header_blocks, padded
from skybatch.fits.provenance import KEYWORDS
from skybatch.fits.readers import FITS_MAGIC, Reader

_END = b"END".ljust(CARD)
_MOST_BLOCKS = 400  # 14,400 cards; no survey image comes near, and a file without END must end somewhere
_BITPIX = (8, 16, 32, 64, -32, -64)
# Axis of the pixel coordinates that move with the first pixel: the reference pixel of each world coordinate
# system (FITS standard, table 22) and the offsets of the logical from the physical frame that IRAF writes.
_MOVING = {
    f"CRPIX{axis}{version}".encode().ljust(8): axis for axis in (1, 2) for version in " " + ascii_uppercase
}
_MOVING |= {b"LTV1    ": 1, b"LTV2    ": 2}
_PROVENANCE = [keyword.encode().ljust(8) for keyword in KEYWORDS]
# Plate solutions of the Digitized Sky Survey count from a corner of the plate by cards of their own.
_PLATE = b"CNPIX1  "


@dataclass(frozen=True)
class Header:
    """A primary header of two axes. ``cards`` are its bytes up to END, END not included.

    ``naxis1`` and ``naxis2`` are columns and rows, ``bitpix`` the pixel type (section 4.4.1.1).
    """

    cards: bytes
    bitpix: int
    naxis1: int
    naxis2: int

    @property
    def blocks(self) -> int:
        """2880-byte blocks that the header fills."""
        return header_blocks(len(self.cards) // CARD)

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
        return self.blocks * BLOCK + padded(self.data_bytes)

    def get(self, keyword: str) -> Value:
        """The value of a keyword's first card, None where absent or undefined."""
        key = keyword.encode().ljust(8)
        if key not in self._keys:
            return None
        offset = CARD * self._keys.index(key)
        return value(self.cards[offset : offset + CARD])

    @cached_property
    def crc(self) -> int:
        """CRC-32 of the cards."""
        return zlib.crc32(self.cards)

    @property
    def has_checksums(self) -> bool:
        """Whether DATASUM or CHECKSUM stand in the header."""
        return self._places.checksums

    def cutout_blocks(self, added: bytes) -> int:
        """Blocks of a cutout's header with ``added`` cards at its end."""
        return header_blocks((len(self.cards) + len(added)) // CARD)

    def check(self, boxes: Sequence[PixelBox]) -> None:
        """Whether these boxes can be cut from this image.

        Raises SourceDiffers where a box leaves the image, SourceUnsupported where the header ties sky to
        pixels in a way that a shift of CRPIX does not mend, SourceDamaged where CRPIX is no number.
        """
        for box in boxes:
            if box.x0 + box.nx > self.naxis1 or box.y0 + box.ny > self.naxis2:
                raise SourceDiffers(f"pixels {box.section} of an image of {self.naxis1} x {self.naxis2}")
        if self._places.refusal is not None:
            raise SourceUnsupported(self._places.refusal)
        for offset, _ in self._places.moving:
            number_token(self.cards[offset : offset + CARD])

    def cutout(self, box: PixelBox, added: bytes) -> bytearray:
        """The padded header of a cutout: NAXIS1/2, CRPIX1/2 patched in place, ``added`` before END.

        The box must have passed ``check``.
        """
        patched = bytearray(self.cards)
        _patch(patched, 3 * CARD, with_number(self.cards[3 * CARD : 4 * CARD], str(box.nx)))
        _patch(patched, 4 * CARD, with_number(self.cards[4 * CARD : 5 * CARD], str(box.ny)))
        for offset, axis in self._places.moving:
            card = self.cards[offset : offset + CARD]
            _patch(patched, offset, shifted(card, box.y0 if axis == 2 else box.x0))
        for offset in self._places.earlier_origins:
            _patch(patched, offset, b"HISTORY " + self.cards[offset : offset + CARD - 8])
        return closed(patched + added)

    @cached_property
    def _keys(self) -> list[bytes]:
        """Keyword of every card, in order."""
        return separate(keywords(self.cards))

    @cached_property
    def _places(self) -> _Places:
        return _places_in(keywords(self.cards))


class _Places(NamedTuple):
    """What the keywords alone tell: of cards that move with the first pixel, offset and axis.

    ``earlier_origins`` are offsets of the cards of an image that is itself a cutout, ``refusal`` says why no
    cutouts can be made.
    """

    moving: tuple[tuple[int, int], ...]
    earlier_origins: tuple[int, ...]
    checksums: bool
    refusal: str | None


@lru_cache(maxsize=256)  # a survey's images have the same keywords
def _places_in(names: bytes) -> _Places:
    keys = separate(names)
    return _Places(
        moving=tuple((CARD * i, _MOVING[key]) for i, key in enumerate(keys) if key in _MOVING),
        earlier_origins=tuple(CARD * keys.index(key) for key in _PROVENANCE if key in keys),
        checksums=b"DATASUM " in keys or b"CHECKSUM" in keys,
        refusal=_refusal(keys),
    )


def _refusal(keys: Sequence[bytes]) -> str | None:
    """Why a shift of the reference pixel does not keep pixels of this header on their place in the sky."""
    if _PLATE in keys:
        return "the header has a plate solution (CNPIX1); such images are not cut"
    for axis in (b"1", b"2"):
        described = b"CTYPE%s  " % axis in keys or b"CRVAL%s  " % axis in keys
        if described and b"CRPIX%s  " % axis not in keys:
            return f"the header has no CRPIX{axis.decode()} for its coordinates"
    return None


def closed(header: bytes | bytearray) -> bytearray:
    """Cards with END behind them, filled with blanks to whole blocks (section 4.4.1.2)."""
    length = len(header) + CARD
    return bytearray(b"".join((header, _END, b" " * (padded(length) - length))))


def read_header(reader: Reader) -> Header:
    """Read block by block up to END, leaving the reader at the first pixel.

    Raises SourceDamaged for what is not FITS, SourceUnsupported for anything but one image of two axes.
    """
    return parse(read_cards(reader, FITS_MAGIC))


def _not_fits(start: bytes) -> SourceError:
    return SourceDamaged(f"neither FITS nor gzip: the data begin with {start[:9]!r}")


def read_cards(reader: Reader, magic: bytes, refusal: Callable[[bytes], SourceError] = _not_fits) -> bytes:
    """The cards of one header, END not included, read block by block; the reader is left behind it.

    Raises SourceDamaged, and what ``refusal`` makes of a beginning that is not ``magic``.
    """
    header = b""
    for _ in range(_MOST_BLOCKS):
        start = len(header)
        header += reader.read(BLOCK)
        if not header.startswith(magic):
            raise refusal(header)
        if (end := _find_end(header, start)) >= 0:
            return header[:end]
        if len(header) < start + BLOCK:
            raise SourceDamaged("the file ends within its header")
    raise SourceDamaged(f"the header has no END in its first {_MOST_BLOCKS} blocks")


def end_of_cards(source: bytes, start: int = 0) -> int:
    """Where END stands in the header that begins at ``start``; SourceDamaged if there is none."""
    if (end := _find_end(source, start)) < 0:
        raise SourceDamaged("the file has no END of its header")
    return end


def _find_end(source: bytes, start: int) -> int:
    """Offset of END on the grid of cards from ``start``, -1 if absent."""
    last = start + _MOST_BLOCKS * BLOCK
    end = source.find(_END, start, last)
    while end >= 0 and (end - start) % CARD:
        end = source.find(_END, end + 1, last)
    return end


def parse(raw: bytes) -> Header:
    """A header from its cards without END; errors as ``read_header``."""
    simple, bitpix, naxis = (_mandatory(raw, i, key) for i, key in enumerate(("SIMPLE", "BITPIX", "NAXIS")))
    if value(simple) is not True:
        raise SourceUnsupported("SIMPLE is not T: the file does not conform to the FITS standard")
    if integer(bitpix) not in _BITPIX:
        raise SourceDamaged(f"BITPIX is {integer(bitpix)}, which no FITS file can have")
    if (axes := integer(naxis)) != 2:
        kind = "no image in its primary HDU" if axes == 0 else f"an image of {axes} axes"
        raise SourceUnsupported(f"the file has {kind} (NAXIS = {axes}); only images of 2 axes are cut")
    sides = [integer(_mandatory(raw, 2 + axis, f"NAXIS{axis}")) for axis in (1, 2)]
    if min(sides) < 0:
        raise SourceDamaged(f"NAXIS1, NAXIS2 are {sides[0]}, {sides[1]}")
    if min(sides) == 0:
        raise SourceUnsupported(f"the image has no pixels (NAXIS1, NAXIS2 are {sides[0]}, {sides[1]})")
    return Header(raw, integer(bitpix), *sides)


def _mandatory(raw: bytes, index: int, keyword: str) -> bytes:
    card = raw[index * CARD : (index + 1) * CARD]
    if not card.startswith(keyword.ljust(8).encode() + b"= "):
        raise SourceDamaged(f"not FITS: card {index + 1} is not {keyword}")
    return card


def _patch(header: bytearray, offset: int, card: bytes) -> None:
    header[offset : offset + CARD] = card
