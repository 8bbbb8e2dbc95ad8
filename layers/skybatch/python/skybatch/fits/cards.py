"""Single 80-byte header cards, as bytes (FITS standard 4.0, sections 4.1 and 4.2)."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from skybatch.errors import SourceDamaged
from skybatch.fits.blocks import CARD_BYTES

_TOKEN = re.compile(rb"= +([^ /']+)")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[EeDd][+-]?\d{1,3})?")
_INTEGER = re.compile(r"[+-]?\d+")
_TEXT = re.compile(rb"= +'((?:[^']|'')*)'")
_UNPRINTABLE = re.compile(r"[^ -~]")  # what no header may hold (section 4.1.1)

KEYWORD_BYTES = 8

Value = bool | int | float | str | None


def keyword_columns(cards: bytes) -> bytes:
    """Return all first bytes of the keywords of whole cards, then all second ones, and so on.

    Headers of the same keywords give the same value; it is computed fast and serves as a cache key.
    """
    return b"".join([cards[byte::CARD_BYTES] for byte in range(KEYWORD_BYTES)])


def split_keywords(columns: bytes) -> list[bytes]:
    """Return the keywords in ``keyword_columns``, one by one, 8 bytes each."""
    count = len(columns) // KEYWORD_BYTES
    return [columns[i::count] for i in range(count)]


def number_span(card: bytes) -> tuple[int, int]:
    """Return where a card's number stands: its first byte and the byte after.

    Raises SourceDamaged where the card has no number.
    """
    match = _TOKEN.match(card, 8)
    if match is None or not _NUMBER.fullmatch(match[1].decode("latin-1")):
        raise SourceDamaged(f"no number in header card {_quoted(card)}")
    return match.span(1)


def parse_integer(card: bytes) -> int:
    """Return the integer of a card; raise SourceDamaged where it has none."""
    match = _TOKEN.match(card, 8)
    if match is None or not _INTEGER.fullmatch(match[1].decode("latin-1")):
        raise SourceDamaged(f"no integer in header card {_quoted(card)}")
    return int(match[1])


def parse_value(card: bytes) -> Value:
    """Return the value of a card: str without trailing blanks, bool, int, float, or None where undefined.

    Raises SourceDamaged for what is no value of FITS (section 4.2).
    """
    if text := _TEXT.match(card, 8):
        return text[1].decode("latin-1").replace("''", "'").rstrip()
    if not (token := _TOKEN.match(card, 8)):
        return None
    literal = token[1].decode("latin-1")
    if literal in ("T", "F"):
        return literal == "T"
    if not _NUMBER.fullmatch(literal):
        raise SourceDamaged(f"no value in header card {_quoted(card)}")
    return int(literal) if _INTEGER.fullmatch(literal) else float(_decimal(literal))


def told(value: Value) -> str:
    """Return a value as an error tells it: as a header has it, ``missing`` where it has none."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "T" if value else "F"
    return repr(value)


def with_number(card: bytes, text: str) -> bytes:
    """Return the card with another number, right-justified where the old one was, the rest unchanged."""
    end = number_span(card)[1]
    return _with_token(card, text.encode().rjust(end - 10), end)


def with_text(card: bytes, text: str) -> bytes:
    """Return the card with another string, which begins in column 11 as fixed format requires."""
    match = _TEXT.match(card, 8)
    end = match.end() if match else 10
    return _with_token(card, f"'{text}'".encode().ljust(end - 10), end)


def with_shift(card: bytes, pixels: int) -> bytes:
    """Return the card with ``pixels`` subtracted from its number, in decimals, without rounding errors.

    Raises SourceDamaged where the card has no number.
    """
    if not pixels:
        return card
    first, end = number_span(card)
    old = card[first:end].decode("latin-1")
    new = _decimal(old) - pixels
    text = format(new, "f")
    if len(text) > 20:
        text = f"{new:.13E}"
    elif "." not in text and not _INTEGER.fullmatch(old):
        text += "."
    return with_number(card, text)


@lru_cache(maxsize=1024)  # of each cutout's three, two are those of the cutout before
def string_cards(keyword: str, text: str, comment: str) -> bytes:
    """Return a string keyword as one card, or more by the CONTINUE convention (section 4.2.1.2)."""
    pieces = _pieces(_UNPRINTABLE.sub("?", text).encode().replace(b"'", b"''"))
    cards = [b"%-8s= '%-8s'" % (keyword.encode(), pieces[0])]
    cards += [b"CONTINUE  '%s'" % piece for piece in pieces[1:]]
    commented = cards[-1].ljust(30) + b" / " + comment.encode()
    cards[-1] = commented if len(commented) <= CARD_BYTES else cards[-1]
    return b"".join(card.ljust(CARD_BYTES) for card in cards)


def _pieces(escaped: bytes) -> list[bytes]:
    """Split to pieces that fit a card each, ending in & where more follows; doubled quotes stay together."""
    pieces = []
    while len(escaped) > 68:
        end = 67
        while escaped[:end].count(b"'") % 2:
            end -= 1
        pieces.append(escaped[:end] + b"&")
        escaped = escaped[end:]
    return [*pieces, escaped]


def _decimal(number: str) -> Decimal:
    return Decimal(number.upper().replace("D", "E"))


def _quoted(card: bytes) -> str:
    return repr(card.rstrip().decode("latin-1"))


def _with_token(card: bytes, token: bytes, end: int) -> bytes:
    return (card[:8] + b"= " + token + card[end:])[:CARD_BYTES].ljust(CARD_BYTES)
