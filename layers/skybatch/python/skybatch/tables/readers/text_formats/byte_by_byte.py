"""Machine-readable tables of the AAS journals and CDS: columns by their bytes, described above the data.

The format is that of "Standards for Astronomical Catalogues" (CDS), section 3.3, with data below the
description in the same file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skybatch.tables.readers.model import (
    Bounds,
    Column,
    Header,
    Record,
    Rows,
    Select,
    Upload,
    collect,
    unreadable_table,
)
from skybatch.tables.readers.text import lines_of

MOST_LINES_ABOVE = 3000
_OPENING = re.compile(r"byte-by-byte description of file", re.IGNORECASE)
_DASHES = re.compile(r"[-=]{20,}")
# ``  9- 10  I2   h     RAh   ? Hour of right ascension``; null values as ``?=-99``.
_COLUMN = re.compile(
    r"(?:([0-9]{1,6})\s*-)?\s*([0-9]{1,6})\s+([AIFEL][0-9.]*)\s+(\S{1,60})\s+(\S{1,100})(?:\s+(.*))?"
)
_NULL = re.compile(r"\?=(\S{1,40})")


@dataclass(frozen=True)
class ByteColumn:
    """A column, the characters of a line where it stands, and its own null value."""

    column: Column
    span: slice
    null: str


def is_byte_by_byte(text: str) -> bool:
    """Tell whether a text describes its columns by bytes."""
    return _OPENING.search(text[:100_000]) is not None


def read(text: str, select: Select, bounds: Bounds) -> Upload:
    """Read the table below the description.

    Raises InvalidRequest for a description without data in the same file (a ReadMe), TooLarge for too many
    rows.
    """
    lines = lines_of(text, bounds)
    first = next(index for index, line in enumerate(lines) if _OPENING.search(line))
    described = list(_columns(lines[first : first + MOST_LINES_ABOVE]))
    bounds.check_columns(len(described))
    last_dashes = max((i for i, line in enumerate(lines) if _DASHES.fullmatch(line.strip())), default=-1)
    if not described or last_dashes < first or not any(map(str.strip, lines[last_dashes + 1 :])):
        rule = "there are no data below the byte-by-byte description; send description and data in one file"
        raise unreadable_table(rule, first + 1)
    columns = tuple(each.column for each in described)
    header = Header("byte-by-byte table", columns, {}, first + 1)
    records = _records(lines, last_dashes + 1, described)
    return Upload((collect(Rows(header, dict(select(header)), records), bounds),))


def _columns(lines: Sequence[str]) -> Iterator[ByteColumn]:
    """Read the first description: the lines between its second and third line of dashes."""
    rulers = 0
    for line in lines:
        text = line.strip()
        rulers += _DASHES.fullmatch(text) is not None
        if rulers == 2 and (match := _COLUMN.fullmatch(text)):
            yield _column(match)
        elif rulers > 2:
            return


def _column(match: re.Match[str]) -> ByteColumn:
    end = int(match[2])
    unit = None if set(match[4]) <= {"-"} else match[4]
    null = _NULL.search(match[6] or "")
    return ByteColumn(
        Column(match[5], unit, datatype=match[3]),
        slice(int(match[1] or end) - 1, end),
        null[1].rstrip(",;") if null else "",
    )


def _records(lines: Sequence[str], start: int, columns: Sequence[ByteColumn]) -> Iterator[Record]:
    for number, line in enumerate(lines[start:], start + 1):
        if line.strip():
            cells = [line[each.span].strip() for each in columns]
            nulled = ["" if cell == each.null else cell for cell, each in zip(cells, columns, strict=True)]
            yield Record(nulled, number)
