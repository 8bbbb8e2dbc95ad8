"""Tables of separated values: tabs, commas, semicolons, bars or blanks between the cells."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from skybatch.tables.readers.model import Bounds, Record, Select, Upload, unreadable_table
from skybatch.tables.readers.text import is_content, lines_of
from skybatch.tables.readers.text_formats.comments import comment_text, read_comments
from skybatch.tables.readers.text_formats.delimiters import (
    MARKS,
    NO_DELIMITER,
    delimiter_of,
    separator_line,
    split,
)
from skybatch.tables.readers.text_formats.grid import Grid, read_grid

KINDS = {
    ",": "CSV table",
    "\t": "TSV table",
    ";": "CSV table",
    "|": "bar-separated table",
    " ": "blank-separated table",
}


def read(text: str, select: Select, bounds: Bounds) -> Upload:
    """Read every table of separated values in a text.

    Lines that begin with ``#`` are comments; what they say of columns is used. Raises InvalidRequest for rows
    of another length than their header, TooLarge for too many rows.
    """
    lines = lines_of(text, bounds)
    return read_grid(grid_of(lines, [], select, bounds), select, bounds)


def grid_of(head: Sequence[str], rest: Iterable[str], select: Select, bounds: Bounds) -> Grid:
    """Make the grid of a text whose first lines are ``head``.

    What separates the cells, and what comments say, is found in the head.
    """
    start, delimiter = separator_line(head)
    first = next((i for i in range(start, len(head)) if is_content(head[i])), None)
    if first is None:
        raise unreadable_table("there is nothing but blank lines and comments")
    found = read_comments(head)
    delimiter = delimiter or delimiter_of(head, first, found, select, bounds)
    quoted = not isinstance(rest, list) or any('"' in line for line in head)
    return Grid(
        KINDS.get(delimiter, "list"),
        _records(chain(head[start:], rest), start, delimiter, quoted),
        describe=found.describe,
        declared_names=found.declared_names,
        names_above=lambda record: _names_above(head, record, delimiter),
        decimal_comma=delimiter != ",",
        keywords=found.keywords,
    )


def _names_above(head: Sequence[str], record: Record, delimiter: str) -> Record | None:
    """Split the comment directly above a record as names."""
    line = record.line or 0
    text = comment_text(head[line - 2]) if 1 < line <= len(head) else ""
    if not text:
        return None
    mark = delimiter if delimiter in text else next((mark for mark in MARKS if mark in text), " ")
    return Record(split(text, mark), line - 1)


def _records(lines: Iterable[str], start: int, delimiter: str, quoted: bool) -> Iterator[Record]:
    """Split every line of content; the first is line ``start`` of the file, from 0."""
    if delimiter == NO_DELIMITER:
        return _plain(lines, start, lambda line: [line.strip().strip('"')])
    if quoted:
        return _quoted(lines, start, delimiter)
    return _plain(lines, start, str.split if delimiter == " " else lambda line: line.split(delimiter))


def _plain(lines: Iterable[str], start: int, split_line: Callable[[str], list[str]]) -> Iterator[Record]:
    gap = False
    for number, line in enumerate(lines, start + 1):
        if is_content(line):
            yield Record(split_line(line), number, gap)
            gap = False
        else:
            gap = True


def _quoted(lines: Iterable[str], start: int, delimiter: str) -> Iterator[Record]:
    """Yield records whose cells may be quoted and hold line ends; runs of blanks are one separator."""
    blank = delimiter == " "
    fed = (" ".join(line.split("\t")).strip() if blank else line for line in lines)
    # Strictly: a quote that is not closed would take all lines below into its cell.
    ended = (line + "\n" for line in fed)
    reader = csv.reader(ended, delimiter=delimiter, skipinitialspace=True, strict=True)
    gap = False
    while True:
        line = start + reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            rule = f"the quotes or separators cannot be read ({error})"
            raise unreadable_table(rule, line) from None
        if any(value.strip() for value in values) and not values[0].lstrip().startswith("#"):
            yield Record(values, line, gap)
            gap = False
        else:
            gap = True
