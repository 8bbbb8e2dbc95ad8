"""Numbers, dates and text that users typed, as pages and emails write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from skybatch.plain_text import LABEL_SHOWN
from skybatch.plain_text import join_words as join_words
from skybatch.plain_text import plain as plain

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LINKABLE = re.compile(r"://|@|(?<=[^\W_])\.(?=[^\W\d_]{2})(?!(?:tbl|csv|tsv|txt|xml|vot|fits?|dat|gz)\b)")


def unlinked(text: object, limit: int = LABEL_SHOWN) -> str:
    """Write text as `plain` does, and so that no mail program makes a link of it.

    An address typed into a label reaches whoever's email was typed beside it; only our own links may
    be clickable there.
    """
    return _LINKABLE.sub(lambda found: f"[{found.group()}]", plain(text, limit))


def count(number: int | None, noun: str, plural: str | None = None) -> str:
    """Write a count with its noun: ``1 image``, ``2,500 images``, ``no images``."""
    if not number:
        return f"no {plural or noun + 's'}"
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(octets: int | float | None) -> str:
    """Write bytes in decimal units to three figures: ``0 bytes``, ``23 kB``, ``1.54 MB``, ``1 GB``."""
    value = float(octets or 0)
    if value < 1000:
        return count(int(value), "byte") if value else "0 bytes"
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5 or unit == "TB":
            break
    return f"{value:.3g} {unit}"


def to_utc(moment: str | float | None) -> datetime | None:
    """Read ISO 8601 text or Unix seconds as an aware UTC time; None for what is neither."""
    if isinstance(moment, int | float):
        return datetime.fromtimestamp(moment, UTC)
    try:
        read = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        return None
    if read is None:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def date_time(moment: str | float | None) -> str:
    """Write a time: ``4 December 2026, 14:05 UTC``; empty for no time."""
    read = to_utc(moment)
    return f"{read.day} {_MONTHS[read.month - 1]} {read.year}, {read:%H:%M} UTC" if read else ""


def date(moment: str | float | None) -> str:
    """Write the day of a time in UTC: ``4 December 2026``; empty for no time."""
    return date_time(moment).partition(",")[0]


def duration(seconds: float) -> str:
    """Write seconds rounded to what matters: ``40 seconds``, ``3 minutes``, ``1 hour 20 minutes``."""
    if seconds < 90:
        return count(max(1, round(seconds)), "second")
    minutes = round(seconds / 60)
    if minutes < 90:
        return count(minutes, "minute")
    hours, rest = divmod(minutes, 60)
    return count(hours, "hour") + (f" {count(rest, 'minute')}" if rest else "")
