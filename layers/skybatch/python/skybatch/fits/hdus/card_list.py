"""The cards of one header, of whatever kind its HDU is, and the bytes of data that follow them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from skybatch.errors import SourceDamaged
from skybatch.fits.blocks import CARD_BYTES, padded
from skybatch.fits.cards import KEYWORD_BYTES, told
from skybatch.fits.keyed_cards import KeyedCards

COMMENTARY = (b"COMMENT ", b"HISTORY ", b" " * KEYWORD_BYTES)
_CONTINUED = (b"CONTINUE",)
_HIERARCH = re.compile(rb"HIERARCH +([^=]+?) *=")
_MAX_AXES = 999  # section 4.4.1.1
# No file is as large; sizes beyond would only make large numbers.
_MAX_BYTES = 1 << 62


@dataclass(frozen=True)
class CardList(KeyedCards):
    """The cards of a header up to END, END not included."""

    def integer(self, keyword: str, default: int | None = None) -> int:
        """Return a whole number of 0 or more. Raises SourceDamaged where the card has none."""
        value = self.get(keyword)
        if value is None and default is not None:
            return default
        if value is None:
            raise SourceDamaged(f"the header has no {keyword}")
        if type(value) is not int or value < 0:
            raise SourceDamaged(f"{keyword} is {told(value)}, not a whole number of 0 or more")
        return value

    @property
    def sides(self) -> tuple[int, ...]:
        """Length of each axis. Raises SourceDamaged."""
        axes = self.integer("NAXIS")
        if axes > _MAX_AXES:
            raise SourceDamaged(f"NAXIS is {axes}")
        return tuple(self.integer(f"NAXIS{axis}") for axis in range(1, axes + 1))

    @property
    def data_bytes(self) -> int:
        """Bytes of the data, padding included (sections 4.4.1.2 and 6). Raises SourceDamaged."""
        sides = self.sides
        if not sides:
            return 0
        bits = self.get("BITPIX")
        if type(bits) is not int:
            raise SourceDamaged(f"BITPIX is {told(bits)}")
        if sides[0] == 0 and self.get("GROUPS") is True:
            sides = sides[1:]
        count = 1
        for side in sides:
            count = min(count * side, _MAX_BYTES)
        total = abs(bits) // 8 * self.integer("GCOUNT", 1) * (self.integer("PCOUNT", 0) + count)
        if total > _MAX_BYTES:
            raise SourceDamaged("an HDU has more bytes than any file")
        return padded(total)

    def entries(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield the keyword of each card, and the card with those that continue its text.

        Of HIERARCH cards the keyword is their name.
        """
        start = 0
        while start < len(self.cards):
            end = start + CARD_BYTES
            while self.cards[end : end + KEYWORD_BYTES] in _CONTINUED:
                end += CARD_BYTES
            card = self.cards[start:end]
            long = _HIERARCH.match(card)
            yield (b"HIERARCH " + long[1] if long else card[:KEYWORD_BYTES]), card
            start = end
