"""Single 80-byte header cards, as bytes (FITS standard 4.0, sections 4.1 and 4.2)."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from skybatch.errors import SourceDamaged
from skybatch.fits.pixel_box import CARD

_TOKEN = re.compile(rb"= +([^ /']+)")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[EeDd][+-]?\d{1,3})?")
_INTEGER = re.compile(r"[+-]?\d+")
_TEXT = re.compile(rb"= +'((?:[^']|'')*)'")
_UNPRINTABLE = re.compile(r"[^ -~]")  # what no header may hold (section 4.1.1)

KEYWORD = 8  # bytes

Value = bool | int | float | str | None


def keywords(cards: bytes) -> bytes:
    """All first bytes of the keywords of whole cards, then all second ones, and so on.

    One value, quickly had, to know headers of the same keywords by.
    """
    return b"".join([cards[byte::CARD] for byte in range(KEYWORD)])


def separate(names: bytes) -> list[bytes]:
    """The keywords of ``keywords``, one by one."""
    count = len(names) // KEYWORD
    return [names[i::count] for i in range(count)]


def number_token(card: bytes) -> tuple[int, int]:
    """Where a card's number stands: first byte and the byte after. SourceDamaged if there is none."""
    match = _TOKEN.match(card, 8)
    if match is None or not _NUMBER.fullmatch(match[1].decode("latin-1")):
        raise SourceDamaged(f"no number in header card {_shown(card)}")
    return match.span(1)


def integer(card: bytes) -> int:
    """The integer of a card; SourceDamaged if it is none."""
    match = _TOKEN.match(card, 8)
    if match is None or not _INTEGER.fullmatch(match[1].decode("latin-1")):
        raise SourceDamaged(f"no integer in header card {_shown(card)}")
    return int(match[1])


def value(card: bytes) -> Value:
    """The value of a card: str without trailing blanks, bool, int, float, or None where undefined."""
    if text := _TEXT.match(card, 8):
        return text[1].decode("latin-1").replace("''", "'").rstrip()
    if not (token := _TOKEN.match(card, 8)):
        return None
    word = token[1].decode("latin-1")
    if word in ("T", "F"):
        return word == "T"
    if not _NUMBER.fullmatch(word):
        raise SourceDamaged(f"no value in header card {_shown(card)}")
    return int(word) if _INTEGER.fullmatch(word) else float(_decimal(word))


def with_number(card: bytes, text: str) -> bytes:
    """The card with another number: right-justified where the old one was, all else left as it is."""
    end = number_token(card)[1]
    return _replaced(card, text.encode().rjust(end - 10), end)


def with_text(card: bytes, text: str) -> bytes:
    """The card with another string, beginning in column 11 as fixed format wants it."""
    match = _TEXT.match(card, 8)
    end = match.end() if match else 10
    return _replaced(card, f"'{text}'".encode().ljust(end - 10), end)


def shifted(card: bytes, pixels: int) -> bytes:
    """The card with ``pixels`` taken from its number, without rounding what decimals can hold."""
    if not pixels:
        return card
    first, end = number_token(card)
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
    """A string keyword as one card, or more by the CONTINUE convention (section 4.2.1.2)."""
    pieces = _pieces(_UNPRINTABLE.sub("?", text).encode().replace(b"'", b"''"))
    cards = [b"%-8s= '%-8s'" % (keyword.encode(), pieces[0])]
    cards += [b"CONTINUE  '%s'" % piece for piece in pieces[1:]]
    noted = cards[-1].ljust(30) + b" / " + comment.encode()
    cards[-1] = noted if len(noted) <= CARD else cards[-1]
    return b"".join(card.ljust(CARD) for card in cards)


def _pieces(escaped: bytes) -> list[bytes]:
    """Cuts that fit a card each, marked with & where more follows, no doubled quote torn apart."""
    pieces = []
    while len(escaped) > 68:
        end = 67
        while escaped[:end].count(b"'") % 2:
            end -= 1
        pieces.append(escaped[:end] + b"&")
        escaped = escaped[end:]
    return [*pieces, escaped]


def _decimal(word: str) -> Decimal:
    return Decimal(word.upper().replace("D", "E"))


def _shown(card: bytes) -> str:
    return repr(card.rstrip().decode("latin-1"))


def _replaced(card: bytes, token: bytes, end: int) -> bytes:
    return (card[:8] + b"= " + token + card[end:])[:CARD].ljust(CARD)
