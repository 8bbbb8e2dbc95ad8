"""The header of an image as that of a file of its own: of a primary HDU with two axes.

An extension's mandatory cards become a primary HDU's. Where it says INHERIT = T, cards of the primary header
stand before its own, except those that it has itself, those of the primary HDU's structure and data, and
commentary (FITS standard 4.0, section 4.4.2.6, and the convention before it). Coordinates are inherited as a
whole or not at all, so that they are those that every program reads from the extension.
"""

from __future__ import annotations

import re

from skybatch.errors import SourceDamaged
from skybatch.fits.blocks import CARD_BYTES
from skybatch.fits.hdus.card_list import COMMENTARY, CardList

_FRAMES = (b"RADESYS ", b"RADECSYS", b"EQUINOX ", b"EPOCH   ")
_FRAMES_WITHOUT_INHERIT = _FRAMES[:3]
_MANDATORY = re.compile(rb"(SIMPLE|XTENSION|BITPIX|NAXIS\d*) *$")
# Of the primary HDU's own structure and data.
_OWN_OF_PRIMARY = re.compile(
    rb"(SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|NEXTEND|GROUPS|PCOUNT|GCOUNT|BLOCKED|CHECKSUM|DATASUM"
    rb"|BSCALE|BZERO|BLANK|DATAMIN|DATAMAX|EXTNAME|EXTVER|EXTLEVEL|INHERIT) *$"
)
_COORDINATES = re.compile(
    rb"(WCSAXES|WCSDIM|WCSNAME|CTYPE|CRVAL|CRPIX|CDELT|CROTA|CUNIT|CRDER|CSYER|PC\d|CD\d|PV\d|PS\d|LONPOLE"
    rb"|LATPOLE|[AB]P?_|LT[VM]\d|AT[VM]\d|DT[VM]\d|WAT\d|C[PQ]DIS|D[PQ]\d|D2IM)"
)
# Of an extension's own cards those that a primary HDU has not, or that would be untrue in one.
_OWN_OF_EXTENSION = (b"PCOUNT  ", b"GCOUNT  ", b"INHERIT ", b"EXTEND  ")


def primary_cards(image: CardList, primary: CardList | None) -> bytes:
    """Return the cards of an image as a primary HDU of two axes has them.

    ``image`` are its own, beginning with SIMPLE or XTENSION; axes beyond the second must have one pixel.
    ``primary`` is the primary header of an extension's file, None where the image is the primary HDU.

    Raises SourceDamaged where a mandatory card is absent.
    """
    if primary is None and image.get("NAXIS") == 2:
        return image.cards
    own = list(image.entries())
    of_extension = _OWN_OF_EXTENSION if primary is not None else ()
    mandatory = [_card_of(own, key) for key in (b"BITPIX  ", b"NAXIS1  ", b"NAXIS2  ")]
    first = [_SIMPLE, mandatory[0], _TWO_AXES, *mandatory[1:]]
    rest = [card for key, card in own if not _MANDATORY.match(key) and key not in of_extension]
    return b"".join((*first, *(_inherited(image, primary) if primary else ()), *rest))


def _inherited(image: CardList, primary: CardList) -> list[bytes]:
    """Return the cards of a primary header that stand before those of an extension."""
    own = {key for key, _ in image.entries()}
    has_frame, has_coordinates = not own.isdisjoint(_FRAMES), b"CTYPE1  " in own
    inherits = image.get("INHERIT")
    if inherits is None and has_coordinates and not has_frame:
        return [card for key, card in primary.entries() if key in _FRAMES_WITHOUT_INHERIT]
    if inherits is not True:
        return []
    return [
        card
        for key, card in primary.entries()
        if key not in own
        and key not in COMMENTARY
        and not _OWN_OF_PRIMARY.match(key)
        and not (has_coordinates and _COORDINATES.match(key))
        and not (has_frame and key in _FRAMES)
    ]


def _card_of(entries: list[tuple[bytes, bytes]], keyword: bytes) -> bytes:
    for key, card in entries:
        if key == keyword:
            return card[:CARD_BYTES]
    raise SourceDamaged(f"the header of the image has no {keyword.decode().rstrip()}")


_SIMPLE = b"SIMPLE  =                    T".ljust(CARD_BYTES)
_TWO_AXES = b"NAXIS   =                    2".ljust(CARD_BYTES)
