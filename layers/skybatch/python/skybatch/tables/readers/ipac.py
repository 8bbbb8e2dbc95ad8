r"""IPAC ASCII tables, in the strict form (IPAC Table Format Definition) and as people send them.

Strict: comment and keyword lines starting with ``\``, then one to four header lines of names, types, units and
null values between bars, then data lines whose values lie between the bars. Kind: data folded by mail or web
pages, where a line has exactly as many words as the table has columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from skybatch.tables.readers.bars import is_drawn
from skybatch.tables.readers.model import (
    KEYWORDS,
    Bounds,
    CellKind,
    Column,
    Header,
    Record,
    Select,
    Upload,
    collect,
    unreadable_table,
)
from skybatch.tables.readers.text import lines_of
from skybatch.tables.readers.unit_words import named_column
from skybatch.validation import ErrorCollector

MOST_HEADER_LINES = 4
_KEYWORD = re.compile(r"\\\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
# Blank lines and lines opening with a backslash, then the first character of another line.
_FIRST_OTHER = re.compile(r"(?:\s*+(?:\\[^\n]*+(?:\n|$))?)*+\s*+(\S)")
_QUOTED = re.compile(r"'(.*)'|\"(.*)\"")


@dataclass(frozen=True)
class Layout:
    """Where the columns lie: ``bars`` are character positions, one more than columns; ``nulls`` their nulls."""

    header: Header
    bars: tuple[int, ...]
    nulls: tuple[str, ...]
    first_data: int


@dataclass(frozen=True)
class DataLine:
    """One data line with its place in the upload and in the table, both from 1."""

    text: str
    line: int
    row: int


def is_ipac(text: str) -> bool:
    """Tell whether the first line that is no comment, keyword or blank opens with a bar, and data lines do not."""
    match = _FIRST_OTHER.match(text)
    return match is not None and match.group(1) == "|" and not is_drawn(text)


def read(text: str, select: Select, bounds: Bounds) -> Upload:
    """Read the table. Lines must end in a plain newline.

    Raises InvalidRequest where a header or the place of a value cannot be understood, TooLarge for too many
    rows.
    """
    lines = lines_of(text, bounds)
    layout = read_layout(lines, bounds)
    kinds = dict(select(layout.header))
    data = list(_data_lines(lines, layout, bounds))
    table = collect(layout.header, _records(data, layout, kinds), kinds, bounds)
    nulled = {index: _without(layout.nulls[index], cells) for index, cells in table.cells.items()}
    return Upload((replace(table, cells=nulled),))


def _without(null: str, cells: Sequence[str | None]) -> Sequence[str | None]:
    return [None if text == null else text for text in cells] if null else cells


def read_layout(lines: Sequence[str], bounds: Bounds) -> Layout:
    """Read keywords and the one to four lines between bars."""
    keywords: dict[str, str] = {}
    for index, line in enumerate(lines):
        stripped = line.strip()
        if stripped.startswith("|"):
            return _layout_at(lines, index, keywords, bounds)
        note_keyword(stripped, keywords)
    raise unreadable_table("there is no header line of column names between bars")


def note_keyword(line: str, keywords: dict[str, str]) -> None:
    r"""Keep a ``\name = value`` of `KEYWORDS`; any other line before the header is a comment."""
    match = _KEYWORD.match(line)
    if match and match.group(1).lower() in KEYWORDS:
        value = match.group(2).strip()
        quoted = _QUOTED.fullmatch(value)
        keywords[match.group(1).lower()] = (quoted.group(1) or quoted.group(2) or "") if quoted else value


def _layout_at(lines: Sequence[str], first: int, keywords: dict[str, str], bounds: Bounds) -> Layout:
    """The layout of the header whose first line is ``lines[first]``."""
    end = first
    while end < len(lines) and lines[end].strip().startswith("|"):
        end += 1
    if end - first > MOST_HEADER_LINES:
        rule = "a header of names, types, units and null values has at most four lines that open with a bar"
        raise unreadable_table(rule, first + MOST_HEADER_LINES + 1)
    top = lines[first].rstrip()
    bars = [i for i, c in enumerate(top) if c == "|"]
    if not top.endswith("|"):
        bars.append(max([len(top), *(len(line) for line in lines[end:])]))
    names = _between_bars(top)
    bounds.check_columns(len(names), first + 1)
    types, units, nulls = (_header_row(lines, first + i, end, len(names)) for i in (1, 2, 3))
    columns = tuple(_column(name, type_, unit) for name, type_, unit in zip(names, types, units, strict=True))
    return Layout(Header("IPAC table", columns, keywords, first + 1), tuple(bars), nulls, end)


def _column(name: str, datatype: str, unit: str) -> Column:
    column = named_column(name, datatype=datatype or None)
    return replace(column, unit=unit) if unit else column


def _header_row(lines: Sequence[str], index: int, end: int, width: int) -> tuple[str, ...]:
    """One of the header's further lines, padded to all columns; empty where it has none."""
    cells = _between_bars(lines[index].rstrip()) if index < end else []
    return (*cells, *[""] * (width - len(cells)))[:width]


def _between_bars(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _data_lines(lines: Sequence[str], layout: Layout, bounds: Bounds) -> Iterator[DataLine]:
    """Every line below the header but blank ones and comments."""
    row = 0
    for index in range(layout.first_data, len(lines)):
        text = lines[index].rstrip()
        if text and not text.startswith("\\"):
            row += 1
            bounds.check_rows(row, layout.header)
            yield DataLine(text, index + 1, row)


def _records(data: Sequence[DataLine], layout: Layout, kinds: Mapping[int, CellKind]) -> Iterator[Record]:
    """The rows' cells: by the bars, or by words if some line does not keep to the bars."""
    if len(layout.header.columns) == 1:
        return (Record([item.text], item.line) for item in data)
    spans = list(zip((bar + 1 for bar in layout.bars), layout.bars[1:], strict=False))
    astray = _astray(data, layout, [spans[index] for index, kind in kinds.items() if kind.word])
    if astray:
        return iter(_by_words(data, astray, layout))
    return (Record([item.text[a:b] for a, b in spans], item.line) for item in data)


def _astray(data: Sequence[DataLine], layout: Layout, narrow: Sequence[tuple[int, int]]) -> list[DataLine]:
    """The lines that do not keep to the bars, or have two words where a column never has."""
    width = layout.bars[-1] + 1
    under_bars = itemgetter(*layout.bars)
    blanks = (" ",) * len(layout.bars)
    astray: list[DataLine] = []
    for item in data:
        text = item.text.ljust(width)
        kept = under_bars(text) == blanks and not text[width:].strip() and not text[: layout.bars[0]].strip()
        if not kept or any(" " in text[a:b].strip() for a, b in narrow):
            astray.append(item)
    return astray


def _by_words(data: Sequence[DataLine], astray: Sequence[DataLine], layout: Layout) -> list[Record]:
    """Rows of a table not aligned with its bars: the words of each line, one a column.

    Raises InvalidRequest naming line and column where the number of words disagrees: first for the lines
    that leave the bars, and only if those can all be read, for the others.
    """
    count = len(layout.header.columns)
    errors = ErrorCollector()
    for item in astray:
        if len(item.text.split()) != count:
            _refuse(errors, item, layout)
    errors.raise_if_any()
    off = {item.row for item in astray}
    records = []
    for item in data:
        words = item.text.split()
        if len(words) != count or (item.row not in off and not _agrees(item.text, words, layout)):
            _refuse(errors, item, layout)
        else:
            records.append(Record(words, item.line))
    errors.raise_if_any()
    return records


def _agrees(text: str, words: Sequence[str], layout: Layout) -> bool:
    """Whether the bars and the words say the same."""
    cells = (text[a + 1 : b].strip() for a, b in zip(layout.bars, layout.bars[1:], strict=False))
    return all(cell == word for cell, word in zip(cells, words, strict=False))


def _refuse(errors: ErrorCollector, item: DataLine, layout: Layout) -> None:
    """Name the line and the first column that its values overrun."""
    rule = (
        "the values do not lie between the bars of the header, and split at blanks they are"
        f" {len(item.text.split())} for {len(layout.header.columns)} columns"
    )
    errors.add(_overrun_column(item.text, layout), item.text.strip(), rule, item.line, item.row)


def _overrun_column(text: str, layout: Layout) -> str:
    """The column at whose left bar a value stands, else the last."""
    for index, bar in enumerate(layout.bars[:-1]):
        if text[bar : bar + 1].strip():
            return layout.header.names[index]
    return layout.header.names[-1]
