"""The cards of a header as the bytes they were read as, and their values by keyword."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from skybatch.fits.blocks import CARD_BYTES
from skybatch.fits.cards import KEYWORD_BYTES, Value, keyword_columns, parse_value, split_keywords


@dataclass(frozen=True)
class KeyedCards:
    """Cards up to END, END not included."""

    cards: bytes

    def get(self, keyword: str) -> Value:
        """Return the value of a keyword's first card, None where absent or undefined.

        Raises SourceDamaged where the card has no value of FITS.
        """
        key = keyword.encode().ljust(KEYWORD_BYTES)
        if key not in self._keys:
            return None
        start = CARD_BYTES * self._keys.index(key)
        return parse_value(self.cards[start : start + CARD_BYTES])

    @cached_property
    def _keys(self) -> list[bytes]:
        """Keyword of every card, in order."""
        return split_keywords(keyword_columns(self.cards))
