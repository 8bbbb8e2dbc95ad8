"""Header cards of a FITS table: the few keywords that say where its columns lie."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from skybatch.tables.readers.model import unreadable_table

BLOCK, CARD = 2880, 80
MOST_HEADER_BYTES = 1_000_000
MOST_AXES = 999  # FITS standard 4.0, section 4.4.1
_STRING = re.compile(r"'((?:[^']|'')*)'")
_COUNT = re.compile(r"\+?[0-9]{1,18}")
_SIZES = ("8", "16", "32", "64", "-32", "-64")


@dataclass(frozen=True)
class Cards:
    """Values of a header by keyword, as text without quotes."""

    values: Mapping[str, str]

    def text(self, keyword: str) -> str:
        """Return a keyword's value, empty where it has none."""
        return self.values.get(keyword, "")

    def count(self, keyword: str) -> int:
        """Return a keyword's value as a number that is not negative, 0 where it has none."""
        text = self.text(keyword) or "0"
        if not _COUNT.fullmatch(text):
            raise self._bad_value(keyword)
        return int(text)

    def number(self, keyword: str, default: float) -> float:
        """Return a keyword's value as a finite number."""
        text = self.text(keyword)
        if not text:
            return default
        try:
            value = float(text.upper().replace("D", "E"))
        except ValueError:
            raise self._bad_value(keyword) from None
        if not math.isfinite(value):
            raise self._bad_value(keyword)
        return value

    def _bad_value(self, keyword: str) -> Exception:
        return unreadable_table(f"the FITS keyword {keyword} has the value {self.text(keyword)[:30]!r}")


def read_header(content: bytes, at: int) -> tuple[Cards, int]:
    """Read the header that begins at a byte: its cards, and where its data begin.

    Raises InvalidRequest for one without an END card.
    """
    values: dict[str, str] = {}
    end = min(len(content), at + MOST_HEADER_BYTES)
    for position in range(at, end - CARD + 1, CARD):
        card = content[position : position + CARD]
        if card[8:10] == b"= ":
            values.setdefault(card[:8].decode("latin-1").rstrip(), _value(card[10:].decode("latin-1")))
        elif card[:8] == b"END     ":
            return Cards(values), at + padded(position + CARD - at)
    raise unreadable_table("a header of the FITS file has no end")


def _value(text: str) -> str:
    match = _STRING.match(text.lstrip())
    if match:
        return match[1].replace("''", "'").rstrip()
    return text.partition("/")[0].strip()


def data_bytes(cards: Cards) -> int:
    """Return the bytes of the data behind a header (FITS standard 4.0, section 4.4.1)."""
    axes = cards.count("NAXIS")
    if axes > MOST_AXES or cards.text("BITPIX") not in _SIZES:
        raise unreadable_table("a header of the FITS file does not say how long its data are")
    items = math.prod(cards.count(f"NAXIS{number}") for number in range(1, axes + 1)) if axes else 0
    groups = cards.count("GCOUNT") if "GCOUNT" in cards.values else 1
    return abs(int(cards.text("BITPIX"))) // 8 * groups * (cards.count("PCOUNT") + items)


def padded(length: int) -> int:
    """Round a length up to whole blocks."""
    return -(-length // BLOCK) * BLOCK
