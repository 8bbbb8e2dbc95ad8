"""Find the image of a file: in its primary HDU or in an extension, plain or compressed in tiles.

Which HDU it is may be said by its number, counted from 0, or by its EXTNAME; else it is the first that holds
an image of two axes. Axes beyond the second may be there with one pixel each, and are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from skybatch.errors import SourceError, SourceUnsupported
from skybatch.fits.blocks import BLOCK_BYTES, CARD_BYTES, header_blocks
from skybatch.fits.cards import Value
from skybatch.fits.hdus.card_list import CardList
from skybatch.fits.hdus.hdu_choice import FIRST_IMAGE, HduChoice
from skybatch.fits.hdus.primary_cards import primary_cards
from skybatch.fits.header import Header, parse_header, read_cards
from skybatch.fits.readers import FITS_MAGIC, Reader
from skybatch.fits.tiles.gzip2_reader import is_own_table
from skybatch.fits.tiles.table_header import image_cards

_MAX_HDUS = 1000
_EXTENSION = b"XTENSION"
_IMAGES = ("IMAGE", "IUEIMAGE")


@dataclass(frozen=True)
class ImageHdu:
    """An image in a file.

    Attributes
    ----------
    header
        Its header as that of a file of one image.
    number
        Number of the HDU, 0 being the primary one.
    data_offset, end
        Where its data begin in the plain file, and where its HDU ends, in bytes.
    primary
        The primary header, where the image is in an extension.
    table
        The cards of the table of a compressed image, None where the image is plain.
    """

    header: Header
    number: int
    data_offset: int
    end: int
    primary: CardList | None = None
    table: bytes | None = None

    @property
    def is_in_own_tiles(self) -> bool:
        """Whether it is in lossless tiles as `gzip2_writer` makes them, whose checksums we know."""
        return self.number == 1 and self.table is not None and is_own_table(self.table)

    def get(self, keyword: str) -> Value:
        """Return the value of a keyword: of the image itself, else of the primary header; None if absent."""
        value = self.header.get(keyword)
        return self.primary.get(keyword) if value is None and self.primary is not None else value


def find_image(reader: Reader, wanted: HduChoice = FIRST_IMAGE, *, takes_one_pixel: bool = False) -> ImageHdu:
    """Find an image of a file; the reader is left at its data.

    An image of one pixel counts for none, because files that are headers alone have one, unless the file is
    known to be a crop (``takes_one_pixel``).

    Raises
    ------
    SourceDamaged
        For what is not FITS, or ends within a header.
    SourceUnsupported
        Where there is no such HDU, or none with an image of two axes.
    """
    primary = CardList(read_cards(reader, FITS_MAGIC))
    cards, position = primary, 0
    seen = "the primary HDU has no pixels"
    for number in range(_MAX_HDUS):
        position += header_blocks(len(cards.cards) // CARD_BYTES) * BLOCK_BYTES
        if _is_wanted(cards, number, wanted):
            refusal = _refusal(cards)
            if refusal is None or (takes_one_pixel and refusal == _ONE_PIXEL):
                return _image(cards, number, position, primary)
            if wanted != FIRST_IMAGE:
                raise SourceUnsupported(f"HDU {wanted} holds no image of two axes: {refusal}")
            seen = seen if number and refusal == _NO_PIXELS else f"HDU {number}: {refusal}"
        position += reader.skip(cards.data_bytes)
        cards = CardList(read_cards(reader, _EXTENSION, partial(_absent, wanted, seen)))
    raise SourceUnsupported(f"the file has more than {_MAX_HDUS} HDUs")


def _is_wanted(cards: CardList, number: int, wanted: HduChoice) -> bool:
    if wanted == FIRST_IMAGE:
        return True
    if isinstance(wanted, int):
        return number == wanted
    return str(cards.get("EXTNAME")).strip().upper() == wanted.strip().upper()


_NO_PIXELS, _ONE_PIXEL = "it has no pixels", "it has one pixel"


def _refusal(cards: CardList) -> str | None:
    """Return why an HDU holds no image of two axes, None where it does."""
    kind = _kind(cards)
    if _is_compressed(cards):
        sides = tuple(
            cards.integer(f"ZNAXIS{axis}") for axis in range(1, min(cards.integer("ZNAXIS"), 9) + 1)
        )
    elif kind in (None, *_IMAGES):
        sides = cards.sides
    else:
        return f"it is a {kind}"
    if not sides or 0 in sides:
        return _NO_PIXELS
    if len(sides) < 2:
        return "it has one axis"
    if any(side > 1 for side in sides[2:]):
        return f"it has {len(sides)} axes of {' x '.join(map(str, sides))} pixels"
    return _ONE_PIXEL if sides[:2] == (1, 1) else None


def _kind(cards: CardList) -> Value:
    """Return the kind of an extension, None for a primary HDU."""
    return cards.get("XTENSION") if cards.cards.startswith(_EXTENSION) else None


def _is_compressed(cards: CardList) -> bool:
    return _kind(cards) == "BINTABLE" and cards.get("ZIMAGE") is True


def _image(cards: CardList, number: int, position: int, primary: CardList) -> ImageHdu:
    of_file = primary if number else None
    table = cards.cards if _is_compressed(cards) else None
    own = CardList(image_cards(table)) if table else cards
    # An image that was compressed as a file of its own had a primary header, which is all there.
    was_primary = cards.get("ZSIMPLE") is True and cards.get("INHERIT") is not True
    header = parse_header(primary_cards(own, None if was_primary else of_file))
    return ImageHdu(header, number, position, position + cards.data_bytes, of_file, table)


def _absent(wanted: HduChoice, seen: str, _: bytes) -> SourceError:
    if wanted == FIRST_IMAGE:
        return SourceUnsupported(f"the file has no image of two axes; {seen}")
    return SourceUnsupported(f"the file has no HDU {wanted!r}")
