"""Tables of separated values: CSV, TSV, and words separated by blanks, each with a header line."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from skybatch.tables.readers.model import (
    ColumnSelection,
    UploadedTable,
    select_columns,
    split_lines,
    text_or_null,
    unreadable_table,
)
from skybatch.tables.schemas.common import TABLE_MARKER
from skybatch.validation import ErrorCollector

KINDS = {",": "CSV table", "\t": "TSV table", ";": "CSV table", " ": "blank-separated table"}
RULER = frozenset("-=,;| \t\r")  # the line of dashes that VizieR and others put under a header


@dataclass(frozen=True)
class Record:
    """The values of one line (or of several, where a quoted value holds a newline)."""

    values: Sequence[str]
    line: int


def read(text: str, selection: ColumnSelection) -> UploadedTable:
    """Read the selected columns of a table whose first line names them.

    Lines starting with ``#`` are comments; the last of them names the columns where the first other line
    holds none of the selected ones. Raises InvalidRequest for rows of another length than the header,
    TooLarge for too many rows.
    """
    lines = split_lines(text)
    first = next((i for i, line in enumerate(lines) if is_content(line)), None)
    if first is None:
        raise unreadable_table("there is nothing but blank lines and comments")
    header_at, header = header_line(lines, first, selection)
    delimiter = delimiter_of(header)
    data_from = max(header_at + 1, first)
    names = names_of(header, delimiter)
    places = select_columns(names, selection, header_at + 1)
    data_from = past_ruler(lines, data_from)
    from_service = any(name.lower() == TABLE_MARKER for name in names)
    if delimiter == " " and len(names) == 1:  # a list of names, say: a line is a value, blanks and all
        found = whole_lines(lines, data_from)
    else:
        found = records(lines, data_from, delimiter)
    counted = checked(found, len(names), selection, from_service)
    columns: dict[str, list[str | None]] = {name: [] for name in places}
    numbers: list[int | None] = []
    for record in counted:
        numbers.append(record.line)
        for name, index in places.items():
            columns[name].append(text_or_null(record.values[index]))
    return UploadedTable(KINDS[delimiter], names, columns, numbers, header_at + 1)


def is_content(line: str) -> bool:
    """Return whether a line is neither blank nor a comment."""
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith("#")


def header_line(lines: Sequence[str], first: int, selection: ColumnSelection) -> tuple[int, str]:
    """Find the column names: in the first line, or in the comment above it if only that names a column."""
    header = lines[first].strip("\r\n")
    if not knows_column(header, selection) and first > 0:
        above = lines[first - 1].strip().lstrip("#").strip()
        if knows_column(above, selection):
            return first - 1, above
    return first, header


def knows_column(line: str, selection: ColumnSelection) -> bool:
    """Return whether one of the line's words is a selected column."""
    return any(name.lower() in selection.columns for name in names_of(line, delimiter_of(line)))


def delimiter_of(header: str) -> str:
    """Return tab, comma, semicolon or blank, in this order: column names hold none of them."""
    return next((mark for mark in "\t,;" if mark in header), " ")


def names_of(header: str, delimiter: str) -> tuple[str, ...]:
    """Return the header line's names without quotes and blanks around them."""
    record = next(SeparatedLines([header], delimiter), [])
    return tuple(name.strip().strip("\"'").strip() for name in record)


def past_ruler(lines: Sequence[str], start: int) -> int:
    """Return the line after a ruler of dashes, if one follows the names at once or after a line of units."""
    for index in range(start, min(start + 2, len(lines))):
        if "--" in lines[index] and RULER.issuperset(lines[index]):
            return index + 1
    return start


def whole_lines(lines: Sequence[str], start: int) -> Iterator[Record]:
    """Yield every line of content as one value."""
    for index in range(start, len(lines)):
        if is_content(lines[index]):
            yield Record([lines[index].strip().strip('"')], index + 1)


def records(lines: Sequence[str], start: int, delimiter: str) -> Iterator[Record]:
    """Yield every record from line index ``start`` on, without blank lines and comments."""
    if not any('"' in line for line in lines[start:]):
        for index in range(start, len(lines)):
            line = lines[index]
            if is_content(line):
                yield Record(line.split() if delimiter == " " else line.split(delimiter), index + 1)
        return
    reader = SeparatedLines(lines[start:], delimiter)
    before = 0
    for values in reader:
        if any(value.strip() for value in values) and not values[0].startswith("#"):
            yield Record(values, start + before + 1)
        before = reader.line_num


class SeparatedLines:
    """A csv.reader over lines that counts a run of blanks as one and raises InvalidRequest.

    ``line_num`` is how many lines were taken so far.
    """

    def __init__(self, lines: Sequence[str], delimiter: str) -> None:
        blank = delimiter == " "
        fed = (line.replace("\t", " ").strip() if blank else line for line in lines)
        self.reader = csv.reader((line + "\n" for line in fed), delimiter=delimiter, skipinitialspace=True)

    @property
    def line_num(self) -> int:
        """Lines read so far."""
        return self.reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        try:
            return next(self.reader)
        except csv.Error as error:
            raise unreadable_table(
                f"the quotes or separators cannot be read ({error})", self.line_num
            ) from None


def checked(
    found: Iterable[Record], width: int, selection: ColumnSelection, from_service: bool
) -> Iterator[Record]:
    """Yield each record at the length of the header; empty values past its end are dropped.

    Raises InvalidRequest, once all are seen, for records of another length, and TooLarge for too many.
    """
    errors = ErrorCollector()
    for row, record in enumerate(found, 1):
        selection.check_count(row, from_service)
        values = list(record.values)
        while len(values) > width and not values[-1].strip():
            values.pop()
        if len(values) == width:
            yield Record(values, record.line)
        else:
            rule = f"this row has {len(values)} values for {width} columns"
            errors.add("table", " ".join(values), rule, record.line, row)
    errors.raise_if_any()
