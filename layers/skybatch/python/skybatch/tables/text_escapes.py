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
# Tables known by their columns: that of a batch's rows, and those as understood (POST /tables). They carry no
# mark, being lists like any other.
_UNMARKED_TABLES = (
    frozenset({"outcome", "over_limit", "retrieved", "failed", "reason"}),
    frozenset({"row", "line", "id", "size"}),
    frozenset({"row", "line", "id", "xdate", "hem", "scan"}),
)


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

    Parameters
    ----------
    kind
        The format, as the readers name it.
    names
        The table's columns.
    from_service
        Whether it carries our mark; some tables are known without.
    """
    lower = {name.lower() for name in names}
    if not from_service and not any(lower >= known for known in _UNMARKED_TABLES):
        return None
    return {"CSV table": unprotect, "TSV table": unprotect, "IPAC table": from_ascii}.get(kind)
