"""What separates the cells of a text: found by what splits one of its first lines into column names."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import islice

from skybatch.tables.readers.model import Bounds, Header, Select
from skybatch.tables.readers.text import is_content
from skybatch.tables.readers.text_formats.comments import Comments, comment_text
from skybatch.tables.readers.text_formats.grid import LOOKAHEAD
from skybatch.tables.readers.text_formats.headerless import is_number_row
from skybatch.tables.readers.unit_words import can_be_names, named_column

MARKS = "\t,;|"
NO_DELIMITER = "\0"  # separates nothing: a line is one cell


def separator_line(lines: Sequence[str]) -> tuple[int, str]:
    """Read a first line ``sep=;``, as spreadsheets write it: the line to begin at, and the separator."""
    first = lines[0].strip().lower()
    if first.startswith("sep=") and len(first) <= len("sep=;"):
        return 1, first[4:] or "\t"
    return 0, ""


def delimiter_of(lines: Sequence[str], first: int, found: Comments, select: Select, bounds: Bounds) -> str:
    """Find what separates the cells: what splits one of the first lines, or the comment above, into names.

    Without any names it is a mark that the first line holds, or a blank between numbers; else a line is one
    cell, an object name say.
    """
    content = list(islice(filter(is_content, islice(lines, first, first + 3 * LOOKAHEAD)), LOOKAHEAD + 1))
    finder = _Finder(select, bounds)
    return (
        finder.by_names(content)
        or finder.by_comment(comment_text(lines[first - 1]) if first else "")
        or _by_first_lines(content, found)
    )


def _by_first_lines(content: Sequence[str], found: Comments) -> str:
    """Decide without names: by a mark, by numbers, and by numbers below what may be unknown names."""
    marked = next((mark for mark in MARKS if mark in content[0]), "")
    words, *below = (line.split(None, 1000) for line in content[:2])
    if found.numbered or (not marked and is_number_row(words)):
        return " "
    numbers = len(words) > 2 and is_number_row(words[-2:])
    names = bool(below) and len(below[0]) == len(words) > 1 and is_number_row(below[0])
    return marked or (" " if numbers or names else NO_DELIMITER)


class _Finder:
    """Tries what separates the cells; lines of more cells than a table has columns are never split."""

    def __init__(self, select: Select, bounds: Bounds) -> None:
        self._select, self._bounds = select, bounds

    def by_names(self, content: Sequence[str]) -> str:
        """Find the mark that splits a line into names, and the line below into as many cells."""
        for index, line in enumerate(content[:LOOKAHEAD]):
            below = content[index + 1] if index + 1 < len(content) else None
            for mark in (*MARKS, " "):
                if mark != " " and mark not in line:
                    continue
                names = self._split(line, mark)
                alike = index == 0 or below is None or len(self._split(below, mark)) == len(names)
                if alike and self._named(names):
                    return NO_DELIMITER if mark == " " and len(names) == 1 else mark
        return ""

    def by_comment(self, text: str) -> str:
        """Find what splits the comment above the first line into names."""
        mark = next((mark for mark in MARKS if mark in text), " ")
        return mark if self._named(self._split(text, mark)) else ""

    def _split(self, line: str, mark: str) -> list[str]:
        most = self._bounds.columns
        return split(line, mark) if mark == " " or line.count(mark) <= most else []

    def _named(self, words: Sequence[str]) -> bool:
        """Tell whether one of the words names a wanted column."""
        return can_be_names(words, self._bounds) and bool(
            self._select(Header("", tuple(named_column(word) for word in words)))
        )


def split(line: str, mark: str) -> list[str]:
    """Split one line that stands by itself into its cells."""
    if '"' not in line:
        return line.split() if mark == " " else line.split(mark)
    row = csv.reader([line.strip() if mark == " " else line], delimiter=mark, skipinitialspace=True)
    try:
        return next(row, [])
    except csv.Error:
        return line.split(mark)
