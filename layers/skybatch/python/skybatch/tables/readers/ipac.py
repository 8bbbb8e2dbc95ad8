r"""IPAC ASCII tables, in the strict form (IPAC Table Format Definition) and as people send them.

Strict: comment and keyword lines starting with ``\``, then one to four header lines of names, types,
units and null values between bars, then data lines whose values lie between the bars. Kind: data folded by
mail or web pages, where a line has exactly as many words as the table has columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from skybatch.tables.readers.model import (
    SERVICE_KEYWORDS,
    ColumnSelection,
    UploadedTable,
    select_columns,
    split_lines,
    text_or_null,
    unreadable_table,
)
from skybatch.tables.schemas.common import TABLE_MARKER
from skybatch.validation import ErrorCollector

MAX_HEADER_LINES = 4
KEYWORD = re.compile(r"\\\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
# Blank lines and lines opening with a backslash, then the first character of another line.
FIRST_OTHER = re.compile(r"(?:\s*+(?:\\[^\n]*+(?:\n|$))?)*+\s*+(\S)")
QUOTED = re.compile(r"'(.*)'|\"(.*)\"")


@dataclass(frozen=True)
class Header:
    """The bars and what stands between them; ``bars`` are character positions, one more than columns."""

    names: tuple[str, ...]
    bars: tuple[int, ...]
    nulls: tuple[str, ...]
    line: int
    data_from: int
    keywords: dict[str, str]


@dataclass(frozen=True)
class DataLine:
    """One data line with its place in the upload and in the table."""

    text: str
    line: int
    row: int


def is_ipac(text: str) -> bool:
    """Return whether the first line that is no comment, keyword or blank opens with a bar."""
    match = FIRST_OTHER.match(text)
    return match is not None and match.group(1) == "|"


def read(text: str, selection: ColumnSelection) -> UploadedTable:
    """Read the table's selected columns. Lines must end in a plain newline.

    Raises InvalidRequest where a header or the place of a value cannot be understood, TooLarge for too
    many rows.
    """
    lines = split_lines(text)
    header = read_header(lines)
    places = select_columns(header.names, selection, header.line)
    data = data_lines(lines, header)
    from_service = TABLE_MARKER in header.keywords
    selection.check_count(len(data), from_service)
    cells = take_cells(data, header, places, selection)
    columns = {name: nulled(column, header.nulls[places[name]]) for name, column in cells.items()}
    numbers = [item.line for item in data]
    return UploadedTable("IPAC table", header.names, columns, numbers, header.line, header.keywords)


def nulled(cells: Sequence[str], null: str) -> list[str | None]:
    """Return cells with the column's own null value replaced by None."""
    texts = [text_or_null(cell) for cell in cells]
    return [None if text == null else text for text in texts] if null else texts


def read_header(lines: Sequence[str]) -> Header:
    """Read keywords and the one to four lines between bars."""
    keywords: dict[str, str] = {}
    for index, line in enumerate(lines):
        stripped = line.strip()
        if stripped.startswith("|"):
            return header_at(lines, index, keywords)
        note_keyword(stripped, keywords)
    raise unreadable_table("there is no header line of column names between bars")


def note_keyword(line: str, keywords: dict[str, str]) -> None:
    r"""Keep a ``\name = value`` that means something; any other line before the header is a comment."""
    match = KEYWORD.match(line)
    if match and match.group(1).lower() in SERVICE_KEYWORDS:
        value = match.group(2).strip()
        quoted = QUOTED.fullmatch(value)
        keywords[match.group(1).lower()] = (quoted.group(1) or quoted.group(2) or "") if quoted else value


def header_at(lines: Sequence[str], first: int, keywords: dict[str, str]) -> Header:
    """Read the header whose first line is ``lines[first]``."""
    end = first
    while end < len(lines) and lines[end].strip().startswith("|"):
        end += 1
    if end - first > MAX_HEADER_LINES:
        rule = "a header of names, types, units and null values has at most four lines that open with a bar"
        raise unreadable_table(rule, first + MAX_HEADER_LINES + 1)
    top = lines[first].rstrip()
    names = between_bars(top)
    bars = [i for i, c in enumerate(top) if c == "|"]
    if not top.endswith("|"):
        bars.append(max([len(top), *(len(line) for line in lines[end:])]))
    nulls = between_bars(lines[first + 3].rstrip()) if end - first == MAX_HEADER_LINES else []
    padded = (*nulls, *[""] * (len(names) - len(nulls)))
    return Header(tuple(names), tuple(bars), padded, first + 1, end, keywords)


def between_bars(line: str) -> list[str]:
    """Return what a header line says for each column."""
    cells = line.strip().removeprefix("|").removesuffix("|").split("|")
    return [cell.strip() for cell in cells]


def data_lines(lines: Sequence[str], header: Header) -> list[DataLine]:
    """Return every line below the header but blank ones and comments."""
    found: list[DataLine] = []
    for index in range(header.data_from, len(lines)):
        text = lines[index].rstrip()
        if text and not text.startswith("\\"):
            found.append(DataLine(text, index + 1, len(found) + 1))
    return found


def take_cells(
    data: Sequence[DataLine], header: Header, places: dict[str, int], selection: ColumnSelection
) -> dict[str, list[str]]:
    """Take the selected cells: by the bars, or by words if some line is not aligned with the bars."""
    if len(header.names) == 1:
        return {name: [item.text for item in data] for name in places}
    spans = {name: (header.bars[i] + 1, header.bars[i + 1]) for name, i in places.items()}
    width = header.bars[-1] + 1
    under_bars = itemgetter(*header.bars)
    blanks = (" ",) * len(header.bars)
    narrow = [spans[name] for name in places if name in selection.one_word]
    misaligned: list[DataLine] = []
    for item in data:
        text = item.text.ljust(width)
        kept = under_bars(text) == blanks and not text[width:].strip() and not text[: header.bars[0]].strip()
        if not kept or any(" " in text[a:b].strip() for a, b in narrow):
            misaligned.append(item)
    if misaligned:
        return by_words(data, misaligned, header, places)
    return {name: [item.text[a:b] for item in data] for name, (a, b) in spans.items()}


def by_words(
    data: Sequence[DataLine], misaligned: Sequence[DataLine], header: Header, places: dict[str, int]
) -> dict[str, list[str]]:
    """Take the cells of a table that is not aligned with its bars: the words of each line, one a column.

    Raises InvalidRequest naming line and column where the number of words disagrees: first for the
    misaligned lines, and only if those can all be read, for the others.
    """
    count = len(header.names)
    errors = ErrorCollector()
    for item in misaligned:
        if len(item.text.split()) != count:
            refuse(errors, item, header)
    errors.raise_if_any()
    columns: dict[str, list[str]] = {name: [] for name in places}
    misaligned_rows = {item.row for item in misaligned}
    for item in data:
        words = item.text.split()
        if len(words) != count or (item.row not in misaligned_rows and not agrees(item.text, words, header)):
            refuse(errors, item, header)
        elif not errors.found:
            for name, index in places.items():
                columns[name].append(words[index])
    errors.raise_if_any()
    return columns


def agrees(text: str, words: Sequence[str], header: Header) -> bool:
    """Return whether the bars and the words say the same."""
    cells = (text[a + 1 : b].strip() for a, b in zip(header.bars, header.bars[1:], strict=False))
    return all(cell == word for cell, word in zip(cells, words, strict=False))


def refuse(errors: ErrorCollector, item: DataLine, header: Header) -> None:
    """Note the line and the first column that its values overrun."""
    count = len(header.names)
    words = len(item.text.split())
    rule = (
        f"the values do not lie between the bars of the header, and split at blanks they are {words}"
        f" for {count} columns"
    )
    errors.add(overrun_column(item.text, header), item.text.strip(), rule, item.line, item.row)


def overrun_column(text: str, header: Header) -> str:
    """Return the column at whose left bar a value stands, else the last."""
    for index, bar in enumerate(header.bars[:-1]):
        if text[bar : bar + 1].strip():
            return header.names[index]
    return header.names[-1]
