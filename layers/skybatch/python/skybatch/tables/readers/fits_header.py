"""Header cards of a FITS table: the few keywords that say where its columns lie."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from skybatch.tables.readers.model import unreadable_table

BLOCK, CARD = 2880, 80
MOST_HEADER_BYTES = 1_000_000
_STRING = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True)
class Cards:
    """Values of a header by keyword, as text without quotes."""

    values: Mapping[str, str]

    def text(self, keyword: str) -> str:
        """Give a keyword's value, empty where it has none."""
        return self.values.get(keyword, "")

    def count(self, keyword: str) -> int:
        """Give a keyword's value as a number that is not negative, 0 where it has none."""
        text = self.text(keyword) or "0"
        if not re.fullmatch(r"\+?[0-9]{1,18}", text):
            raise unreadable_table(f"the FITS keyword {keyword} has the value {text[:30]!r}")
        return int(text)

    def number(self, keyword: str, default: float) -> float:
        """Give a keyword's value as a number."""
        text = self.text(keyword)
        if not text:
            return default
        try:
            return float(text.upper().replace("D", "E"))
        except ValueError:
            raise unreadable_table(f"the FITS keyword {keyword} has the value {text[:30]!r}") from None


def read_header(content: bytes, at: int) -> tuple[Cards, int]:
    """Read the header that begins at a byte: its cards, and where its data begin.

    Raises InvalidRequest for one without an END card.
    """
    values: dict[str, str] = {}
    end = min(len(content), at + MOST_HEADER_BYTES)
    position = at
    while position + CARD <= end:
        card = content[position : position + CARD].decode("latin-1")
        position += CARD
        keyword = card[:8].rstrip()
        if keyword == "END":
            return Cards(values), at + padded(position - at)
        if card[8:10] == "= ":
            values.setdefault(keyword, _value(card[10:]))
    raise unreadable_table("a header of the FITS file has no end")


def _value(text: str) -> str:
    match = _STRING.match(text.lstrip())
    if match:
        return match[1].replace("''", "'").rstrip()
    return text.partition("/")[0].strip()


def data_bytes(cards: Cards) -> int:
    """Give the bytes of the data behind a header (FITS standard 4.0, section 4.4.1)."""
    axes = [cards.count(f"NAXIS{number}") for number in range(1, cards.count("NAXIS") + 1)]
    if not axes:
        return 0
    items = 1
    for axis in axes:
        items *= axis
    bits = abs(int(cards.number("BITPIX", 8)))
    groups = max(cards.count("GCOUNT"), 1) if "GCOUNT" in cards.values else 1
    return bits // 8 * groups * (cards.count("PCOUNT") + items)


def padded(length: int) -> int:
    """Round a length up to whole blocks."""
    return -(-length // BLOCK) * BLOCK
