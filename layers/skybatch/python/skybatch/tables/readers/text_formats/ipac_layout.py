r"""Headers of IPAC ASCII tables (IPAC Table Format Definition): keywords, and the lines between bars.

Comment and keyword lines start with ``\``; one to four lines of names, types, units and null values between
bars follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from skybatch.tables.readers.model import KEYWORDS, Bounds, Column, Header, unreadable_table
from skybatch.tables.readers.unit_words import named_column

MOST_HEADER_LINES = 4
_TOO_MANY_LINES = (
    "a header of names, types, units and null values has at most four lines that open with a bar"
)
_KEYWORD = re.compile(r"\\\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_QUOTED = re.compile(r"'(.*)'|\"(.*)\"")


@dataclass(frozen=True)
class DataLine:
    """One data line with its place in the file and in the table, both from 1."""

    text: str
    line: int
    row: int


@dataclass(frozen=True)
class Layout:
    """Where the columns of a table lie.

    Attributes
    ----------
    header
        What the header lines say.
    bars
        Character positions of the bars in the line of names.
    spans
        Where the values of each column begin and end; a last column without a bar has no end.
    nulls
        Each column's own null value, empty where it has none.
    data
        The data lines below the header, as they come.
    """

    header: Header
    bars: tuple[int, ...]
    spans: tuple[slice, ...]
    nulls: tuple[str, ...]
    data: Iterator[DataLine]

    @property
    def end(self) -> int | None:
        """The position behind the last bar, None where the last column has none."""
        return None if len(self.bars) == len(self.spans) else self.bars[-1] + 1


def read_layout(lines: Iterable[str], bounds: Bounds) -> Layout:
    """Read keywords and header lines; the data lines are left for later.

    Raises InvalidRequest where there is no header or it has more than four lines.
    """
    numbered = enumerate((line.rstrip() for line in lines), 1)
    keywords: dict[str, str] = {}
    header_lines: list[str] = []
    first = number = 0
    following: tuple[int, str] | None = None
    for number, line in numbered:
        if line.lstrip().startswith("|"):
            first = first or number
            header_lines.append(line)
            if len(header_lines) > MOST_HEADER_LINES:
                raise unreadable_table(_TOO_MANY_LINES, number)
        elif header_lines:
            following = (number, line)
            break
        elif line and not line.lstrip().startswith("\\"):
            break
        else:
            note_keyword(line.lstrip(), keywords)
    if not header_lines:
        rule = "the column names must stand between bars, above the data and below comments"
        raise unreadable_table(rule, number or None)
    data = _data_lines(chain([following] if following else [], numbered))
    header, bars, nulls = _header(header_lines, first, keywords, bounds)
    ends = (*bars[1:], *[None] * (len(header.columns) - len(bars) + 1))
    spans = tuple(slice(bar + 1, end) for bar, end in zip(bars, ends, strict=False))
    return Layout(header, bars, spans, nulls, data)


def note_keyword(line: str, keywords: dict[str, str]) -> None:
    r"""Keep a ``\name = value`` of `KEYWORDS`; any other line before the header is a comment."""
    match = _KEYWORD.match(line)
    if match and match[1].lower() in KEYWORDS:
        value = match[2].strip()
        quoted = _QUOTED.fullmatch(value)
        keywords[match[1].lower()] = (quoted[1] or quoted[2] or "") if quoted else value


def _data_lines(numbered: Iterable[tuple[int, str]]) -> Iterator[DataLine]:
    """Yield every line below the header but blank ones and comments."""
    row = 0
    for number, text in numbered:
        if text and not text.startswith("\\"):
            row += 1
            yield DataLine(text, number, row)


def _header(
    header_lines: list[str], line: int, keywords: dict[str, str], bounds: Bounds
) -> tuple[Header, tuple[int, ...], tuple[str, ...]]:
    """Read the header, the positions of its bars, and each column's null value."""
    bars = tuple(place for place, character in enumerate(header_lines[0]) if character == "|")
    count = len(bars) - header_lines[0].endswith("|")
    bounds.check_columns(count, line)
    if not count:
        raise unreadable_table("there are no column names between the bars", line)
    names, types, units, nulls = (_cells(header_lines, index, count) for index in range(MOST_HEADER_LINES))
    return Header("IPAC table", tuple(map(_column, names, types, units)), keywords, line), bars, nulls


def _column(name: str, datatype: str, unit: str) -> Column:
    column = named_column(name, datatype=datatype or None)
    return replace(column, unit=unit) if unit else column


def _cells(header_lines: list[str], index: int, width: int) -> tuple[str, ...]:
    """Split one of the header lines at its bars; empty cells where it has none."""
    line = header_lines[index].strip() if index < len(header_lines) else ""
    cells = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
    return (*cells, *[""] * (width - len(cells)))[:width]
