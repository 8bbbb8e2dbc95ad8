"""The cards of a header as the bytes they were read as, and their values by keyword."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

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
        start = self._first_places.get(keyword.encode().ljust(KEYWORD_BYTES))
        return None if start is None else parse_value(self.cards[start : start + CARD_BYTES])

    @cached_property
    def _first_places(self) -> Mapping[bytes, int]:
        return _find_first_places(keyword_columns(self.cards))


@lru_cache(maxsize=32)  # a survey's images have the same keywords
def _find_first_places(columns: bytes) -> Mapping[bytes, int]:
    """Return the offset of the first card of each keyword."""
    keys = split_keywords(columns)
    return {key: CARD_BYTES * i for i, key in reversed(list(enumerate(keys)))}
