"""Tables drawn with bars, as database shells, HEASARC and Markdown write them.

Every row stands between bars, unlike in an IPAC table, where only the header does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from skybatch.tables.readers.model import Bounds, Record, Select, Upload, unreadable_table
from skybatch.tables.readers.text import lines_of
from skybatch.tables.readers.text_formats.grid import Grid, read_grid
from skybatch.tables.readers.text_formats.headerless import is_number_row
from skybatch.tables.readers.text_formats.unit_rows import is_ruler

_RULE_LINE = re.compile(r"\+[-=+:\s]*\+?")
_LOOKED_AT = 60  # lines
MOST_HEADER_LINES = 4  # of an IPAC table


def is_drawn(text: str) -> bool:
    """Tell whether a text's rows stand between bars, whatever stands above and below them.

    Up to four lines between bars above lines without bars are the header of an IPAC table, whose null
    values may be numbers.
    """
    lines = [line.strip() for line in text[:200_000].split("\n", 4 * _LOOKED_AT)[: 4 * _LOOKED_AT]]
    content = [line for line in lines if line and not line.startswith(("\\", "#"))][:_LOOKED_AT]
    drawn = [line for line in content if _belongs(line)]
    barred = [line for line in drawn if line.startswith("|")]
    if not barred or 2 * len(drawn) < len(content):
        return False
    if any("|" in line for line in content if not _belongs(line)):  # bars stand between the cells alone
        return False
    if len(barred) > MOST_HEADER_LINES or len(barred) < len(drawn) or len(drawn) == len(content):
        return True
    if any(is_ruler(cells(line)) for line in barred):
        return True
    below = [line for line in content[content.index(barred[0]) :] if not line.startswith("|")]
    return not any(map(_has_number, below)) and any(_has_number(" ".join(cells(line))) for line in barred)


def _has_number(line: str) -> bool:
    return any(is_number_row([word]) for word in line.split())


def read(text: str, select: Select, bounds: Bounds) -> Upload:
    """Read the tables that a text draws.

    Raises InvalidRequest for rows of another length than their header, TooLarge for too many rows.
    """
    lines = lines_of(text, bounds)
    upload = read_grid(Grid("table drawn with bars", _records(lines)), select, bounds)
    outside = [number for number, line in enumerate(lines, 1) if line.strip() and not _belongs(line)]
    if not outside:
        return upload
    width = max(len(table.header.columns) for table in upload.tables)
    for number in outside:
        _refuse_data(lines[number - 1], number, width)
    first = ", ".join(str(number) for number in outside[:5]) + (", …" if len(outside) > 5 else "")
    return Upload(upload.tables, (*upload.notices, f"Lines outside the drawn table were left out: {first}."))


def _refuse_data(line: str, number: int, width: int) -> None:
    """Raise InvalidRequest for a line outside the drawn table that can be a row."""
    words = line.split(None, width)
    numbers = sum(is_number_row([word]) for word in words)
    if numbers >= 2 or (numbers and len(words) == width):
        raise unreadable_table("this line does not stand between bars as the other rows do", number)


def cells(line: str) -> list[str]:
    """Split a line at its bars."""
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _belongs(line: str) -> bool:
    text = line.strip()
    return text.startswith("|") or _RULE_LINE.fullmatch(text) is not None


def _records(lines: Sequence[str]) -> Iterator[Record]:
    gap = False
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text.startswith("|"):
            gap = gap or not _RULE_LINE.fullmatch(text)
        elif not is_ruler(values := cells(text)):
            yield Record(values, number, gap)
            gap = False
