"""Text that a format cannot hold as it is: how our tables write it, and how it is restored when read.

In CSV and TSV, spreadsheets run a cell that begins like a formula, so a quote mark goes before it (OWASP,
CSV injection). IPAC tables are ASCII, so other characters are written as Python's backslash escapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

# Blanks before it do not stop every spreadsheet, and some take the full-width signs too.
_FORMULA = re.compile(r"[ ']*[=+\-@＝＋－＠]")
_PROTECTED = re.compile(r"'[ ']*[=+\-@＝＋－＠]")
_ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
_LAST_CHARACTER = 0x10FFFF
# By these columns the table of a batch's rows is known: it carries no mark, being a list like any other.
_ROWS_TABLE = frozenset({"outcome", "over_limit", "retrieved", "failed", "reason"})


def protect(text: str) -> str:
    """Return text that no spreadsheet takes for a formula; `unprotect` gives the text back."""
    return "'" + text if _FORMULA.match(text) else text


def unprotect(text: str) -> str:
    """Return the text that `protect` was given."""
    return text[1:] if _PROTECTED.match(text) else text


def to_ascii(text: str) -> str:
    """Return text in ASCII; `from_ascii` gives the text back. What looks like an escape is escaped too."""
    safe = _ESCAPED.sub(lambda found: f"\\x5c{found[0][1:]}", text)
    return safe.encode("ascii", "backslashreplace").decode("ascii")


def from_ascii(text: str) -> str:
    """Return the text that `to_ascii` was given; escapes of unprintable characters stay as they are."""
    return _ESCAPED.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[1] or found[2] or found[3], 16)
    character = chr(number) if number <= _LAST_CHARACTER else ""
    return character if character.isprintable() and character else found[0]


def restorer(kind: str, names: Collection[str], from_service: bool) -> Callable[[str], str] | None:
    """Return what restores the text of a table that this service wrote, None where nothing is to be done.

    Quote marks before formulas are taken off by the reader of separated values, whoever wrote the table.

    Parameters
    ----------
    kind
        The format, as the readers name it.
    names
        The table's columns.
    from_service
        Whether it carries our mark; the table of a batch's rows is known without.
    """
    if not from_service and not {name.lower() for name in names} >= _ROWS_TABLE:
        return None
    return from_ascii if kind == "IPAC table" else None
