"""Tables of separated values: tabs, commas, semicolons, bars or blanks between the cells."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence

from skybatch.tables.readers import comments
from skybatch.tables.readers.grid import LOOKAHEAD, Grid, read_grid
from skybatch.tables.readers.headerless import is_number_row
from skybatch.tables.readers.model import Bounds, Header, Record, Select, Upload, unreadable_table
from skybatch.tables.readers.text import lines_of
from skybatch.tables.readers.unit_words import named_column

KINDS = {
    ",": "CSV table",
    "\t": "TSV table",
    ";": "CSV table",
    "|": "bar-separated table",
    " ": "blank-separated table",
}
_MARKS = "\t,;|"
_NONE = "\0"  # separates nothing: a line is one cell


def read(text: str, select: Select, bounds: Bounds) -> Upload:
    """Read every table of separated values in a text.

    Lines that begin with ``#`` are comments; what they say of columns is used. Raises InvalidRequest for rows
    of another length than their header, TooLarge for too many rows.
    """
    lines = lines_of(text, bounds)
    start, delimiter = _separator_line(lines)
    first = next((i for i in range(start, len(lines)) if is_content(lines[i])), None)
    if first is None:
        raise unreadable_table("there is nothing but blank lines and comments")
    found = comments.read(lines)
    delimiter = delimiter or delimiter_of(lines, first, found, select)
    grid = Grid(
        KINDS.get(delimiter, "list"),
        records(lines, start, delimiter),
        describe=found.describe,
        name_above=lambda record: found.names_of(record) or _above(lines, record, delimiter),
        decimal_comma=delimiter != ",",
        keywords=found.keywords,
    )
    return read_grid(grid, select, bounds)


def is_content(line: str) -> bool:
    """Tell whether a line is neither blank nor a comment."""
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith("#")


def _separator_line(lines: Sequence[str]) -> tuple[int, str]:
    """The line that ``sep=;`` leaves to begin at, and what it says the separator is."""
    first = lines[0].strip().lower()
    if first.startswith("sep=") and len(first) <= len("sep=;"):
        return 1, first[4:] or "\t"
    return 0, ""


def delimiter_of(lines: Sequence[str], first: int, found: comments.Comments, select: Select) -> str:
    """Find what separates the cells: what splits one of the first lines, or the comment above, into names.

    Without any names it is a mark that the first line holds, or a blank between numbers; else a line is one
    cell, an object name say.
    """
    content = [lines[i] for i in range(first, min(first + 3 * LOOKAHEAD, len(lines))) if is_content(lines[i])]
    for index, line in enumerate(content[:LOOKAHEAD]):
        below = content[index + 1] if index + 1 < len(content) else None
        for mark in (*_MARKS, " "):
            names = split(line, mark)
            alike = index == 0 or below is None or len(split(below, mark)) == len(names)
            if (mark == " " or mark in line) and alike and _named(names, select):
                return _NONE if mark == " " and len(names) == 1 else mark
    above = comments.words(lines[first - 1]) if first else ""
    above_mark = next((mark for mark in _MARKS if mark in above), " ")
    if _named(split(above, above_mark), select):
        return above_mark
    marked = next((mark for mark in _MARKS if mark in content[0]), "")
    words = content[0].split()
    if found.numbered or (not marked and is_number_row(words)):
        return " "
    return marked or (" " if len(words) > 2 and is_number_row(words[-2:]) else _NONE)


def split(line: str, mark: str) -> list[str]:
    """Split one line that stands by itself into its cells."""
    if '"' in line:
        return next(
            csv.reader([line.strip() if mark == " " else line], delimiter=mark, skipinitialspace=True), []
        )
    return line.split() if mark == " " else line.split(mark)


def _named(words: Sequence[str], select: Select) -> bool:
    """Whether one of the words names a wanted column."""
    return bool(words) and bool(select(Header("", tuple(named_column(word) for word in words))))


def records(lines: Sequence[str], start: int, delimiter: str) -> Iterator[Record]:
    """Split every line of content from index ``start`` on."""
    if delimiter == _NONE:
        return _plain(lines, start, lambda line: [line.strip().strip('"')])
    if not any('"' in line for line in lines[start:]):
        return _plain(lines, start, str.split if delimiter == " " else lambda line: line.split(delimiter))
    return _quoted(lines, start, delimiter)


def _plain(lines: Sequence[str], start: int, split: Callable[[str], list[str]]) -> Iterator[Record]:
    gap = False
    for index in range(start, len(lines)):
        line = lines[index]
        if is_content(line):
            yield Record(split(line), index + 1, gap)
            gap = False
        else:
            gap = True


def _quoted(lines: Sequence[str], start: int, delimiter: str) -> Iterator[Record]:
    """Records whose cells may be quoted and hold line ends, runs of blanks counting as one separator."""
    blank = delimiter == " "
    fed = (line.replace("\t", " ").strip() if blank else line for line in lines[start:])
    reader = csv.reader((line + "\n" for line in fed), delimiter=delimiter, skipinitialspace=True)
    before, gap = 0, False
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise unreadable_table(
                f"the quotes or separators cannot be read ({error})", start + reader.line_num
            ) from None
        if any(value.strip() for value in values) and not values[0].lstrip().startswith("#"):
            yield Record(values, start + before + 1, gap)
            gap = False
        else:
            gap = True
        before = reader.line_num


def _above(lines: Sequence[str], record: Record, delimiter: str) -> Record | None:
    """The comment directly above a record, split as names."""
    line = record.line or 0
    text = comments.words(lines[line - 2]) if line > 1 else ""
    if not text:
        return None
    mark = delimiter if delimiter in text else next((mark for mark in _MARKS if mark in text), " ")
    return Record(split(text, mark), line - 1)
