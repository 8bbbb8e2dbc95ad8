"""Rows of cells to tables: where the names stand, what below them is no data, where another table begins.

Shared by all formats whose files are rows of cells without a description of their own: separated values,
tables drawn with bars, and sheets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from skybatch.tables.readers.model import (
    HEADERLESS,
    Bounds,
    Column,
    Header,
    Record,
    Rows,
    Select,
    Table,
    Upload,
    collect,
    unreadable_table,
)
from skybatch.tables.readers.text_formats.decimal_commas import DecimalCommas
from skybatch.tables.readers.text_formats.headerless import is_number_row, without_header
from skybatch.tables.readers.text_formats.unit_rows import (
    is_drawn_line,
    is_ruler,
    is_unit_row,
    stands_above_ruler,
    with_units,
)
from skybatch.tables.readers.unit_words import can_be_names, named_column
from skybatch.validation import ErrorCollector

LOOKAHEAD = 25  # rows among which the column names are looked for
MOST_UNIT_ROWS = 3  # types, units and null values below the names
# Cells looked at behind blank lines and comments for the names of another table. To look at every row costs
# columns times rows.
MOST_CELLS_EXAMINED = 50_000


def _as_they_are(columns: Sequence[Column]) -> tuple[Column, ...]:
    return tuple(columns)


def _no_names(_: Record) -> Record | None:
    return None


@dataclass
class Grid:
    """Rows of cells as a file has them, and what the file says beside them.

    Attributes
    ----------
    kind
        The format in words.
    records
        The rows, in order.
    describe
        Adds to columns what comments say of them.
    declared_names
        The column names that comments declare for rows like the given one, or None.
    names_above
        Words of the comment directly above a row, which may be column names, or None.
    decimal_comma
        Whether a comma in a number can be a decimal one, since it separates no cells.
    keywords, title
        As in `Header`.
    """

    kind: str
    records: Iterator[Record]
    describe: Callable[[Sequence[Column]], tuple[Column, ...]] = _as_they_are
    declared_names: Callable[[Record], Record | None] = _no_names
    names_above: Callable[[Record], Record | None] = _no_names
    decimal_comma: bool = True
    keywords: dict[str, str] = field(default_factory=dict)
    title: str = ""


def read_grid(grid: Grid, select: Select, bounds: Bounds, before: int = 0) -> Upload:
    """Read every table of a grid; ``before`` counts rows of other grids of the same file.

    Raises InvalidRequest for rows of another length than their header, TooLarge for too many rows.
    """
    reader = GridReader(grid, select, bounds)
    tables: list[Table] = []
    for rows in reader.tables():
        tables.append(collect(rows, bounds, before))
        before += len(tables[-1])
    return Upload(tuple(tables), tuple(reader.notices()))


class GridReader:
    """Finds the tables of a grid, one after another, holding no more of it than it must look ahead."""

    def __init__(self, grid: Grid, select: Select, bounds: Bounds) -> None:
        self._grid, self._select, self._bounds = grid, select, bounds
        self._waiting: deque[Record] = deque()
        self._notices: list[str] = []
        self._repeated: list[int | None] = []
        self._repetitions = self._examined = 0
        self._commas = DecimalCommas(grid.decimal_comma)

    def tables(self) -> Iterator[Rows]:
        """Yield each table with its rows, which are taken before the next table is asked for."""
        if not self._ahead(1):
            raise unreadable_table("there is nothing but blank lines and comments")
        count = columns = 0
        while self._ahead(1):
            rows = self._table()
            count += 1
            columns += len(rows.header.columns)
            self._bounds.check_tables(count, columns)
            yield rows
            for _ in rows.records:
                pass

    def notices(self) -> list[str]:
        """Say what was guessed and left out in the tables so far."""
        notices = [*self._notices, *self._commas.notices()]
        if self._repetitions:
            lines = ", ".join(str(line) for line in self._repeated)
            more = ", …" if self._repetitions > len(self._repeated) else ""
            notices.append(f"Lines that repeat the column names were left out: {lines}{more}.")
        return notices

    # Rows, with some looked at before they are taken

    def _ahead(self, count: int) -> list[Record]:
        if len(self._waiting) < count:
            self._waiting.extend(islice(self._grid.records, count - len(self._waiting)))
        return list(islice(self._waiting, count))

    def _remaining(self) -> Iterator[Record]:
        while self._ahead(1):
            yield self._waiting.popleft()

    # One table

    def _table(self) -> Rows:
        names = self._names()
        if names is None:
            return self._table_without_header()
        header = self._below_names(self._named(names))
        return self._checked(Rows(header, dict(self._select(header)), self._rows(header, names)))

    def _table_without_header(self) -> Rows:
        columns, records, notice = without_header(self._ahead(LOOKAHEAD), self._remaining())
        self._notices.append(notice)
        header = self._header_of(columns, HEADERLESS, None)
        return self._checked(Rows(header, dict(self._select(header)), records))

    def _checked(self, rows: Rows) -> Rows:
        """Hold the rows of a table that is used to its width, and read their decimal commas."""
        if not rows.kinds:
            return rows
        of_width = self._of_width(rows.records, rows.header)
        return Rows(rows.header, rows.kinds, self._commas.as_points(of_width, rows.kinds))

    # Its header

    def _names(self) -> Record | None:
        """Take the rows down to the column names; None where the rows begin without any.

        Names in which nothing is wanted are those of a table that is not used.
        """
        first = self._ahead(1)[0]
        if self._is_wanted(first):
            return self._waiting.popleft()
        if declared := self._grid.declared_names(first):
            return declared
        above = self._grid.names_above(first)
        if above is not None and self._is_wanted(above):
            return above
        if is_number_row(first.values):
            return None
        return self._below_preamble() or self._unused(first)

    def _below_preamble(self) -> Record | None:
        """Take the lines above the column names, where names stand among the next rows."""
        for index, record in enumerate(self._ahead(LOOKAHEAD)):
            if index and self._is_wanted(record):
                left_out = [self._waiting.popleft() for _ in range(index + 1)]
                first, last = left_out[0].line, left_out[-2].line
                where = f"line {first} was" if first == last else f"lines {first} to {last} were"
                self._notices.append(f"Above the column names, {where} left out.")
                return record
        return None

    def _unused(self, first: Record) -> Record | None:
        """Take the first row as names although none is wanted, unless the table can be a list without any."""
        if len(first.values) == 1:
            return None
        if any(is_number_row([value]) for value in first.values):
            raise unreadable_table("the first line must name the columns", first.line)
        return self._waiting.popleft()

    def _is_wanted(self, record: Record) -> bool:
        """Tell whether a row names columns of which one is wanted."""
        if not can_be_names(record.values, self._bounds) or is_number_row(record.values):
            return False
        return bool(self._select(self._named(record)))

    def _named(self, record: Record) -> Header:
        self._bounds.check_columns(len(record.values), record.line)
        columns = self._grid.describe([named_column(text) for text in record.values])
        return self._header_of(columns, self._grid.kind, record.line)

    def _header_of(self, columns: Sequence[Column], kind: str, line: int | None) -> Header:
        self._bounds.check_columns(len(columns), line)
        return Header(kind, tuple(columns), dict(self._grid.keywords), line, self._grid.title)

    def _below_names(self, header: Header) -> Header:
        """Take rulers and rows of units and types below the names; return the header with the units."""
        for _ in range(MOST_UNIT_ROWS + 1):
            ahead = [record.values for record in self._ahead(2)]
            if ahead and is_ruler(ahead[0]):
                self._waiting.popleft()
            elif ahead and (is_unit_row(ahead[0]) or stands_above_ruler(ahead)):
                header = with_units(header, ahead[0])
                self._waiting.popleft()
            else:
                break
        return header

    # Its rows

    def _rows(self, header: Header, names: Record) -> Iterator[Record]:
        """Yield the rows up to another table's names, without names and rulers that are repeated."""
        words = _words(names.values)
        while self._ahead(1):
            record = self._waiting[0]
            if _same_words(record.values, words):
                self._leave_out_names(header)
            elif record.gap and self._begins_table(record):
                return
            elif is_drawn_line(self._waiting.popleft().values, len(words)):
                continue
            else:
                yield record

    def _leave_out_names(self, header: Header) -> None:
        self._repetitions += 1
        if len(self._repeated) < 5:
            self._repeated.append(self._waiting[0].line)
        self._waiting.popleft()
        self._below_names(header)

    def _begins_table(self, record: Record) -> bool:
        """Tell whether a row behind a gap writes the names of another table."""
        for value in record.values:
            self._examined += 1
            if self._examined > MOST_CELLS_EXAMINED or is_number_row([value]):
                return False
        below = self._ahead(3)[1:]
        return any(is_ruler(row.values) for row in below) or self._is_wanted(record)

    def _of_width(self, records: Iterator[Record], header: Header) -> Iterator[Record]:
        """Hold each row to the header's width; empty cells past its end are let go."""
        errors, width = ErrorCollector(), len(header.columns)
        for row, record in enumerate(records, 1):
            values = _without_blank_end(record.values, width)
            if len(values) != width:
                rule = self._commas.width_rule(len(values), width)
                errors.add("table", " ".join(values[:width]), rule, record.line, row)
                if errors.full:
                    break
            elif not errors.found:
                yield Record(values, record.line)
        errors.raise_if_any()


def _without_blank_end(values: Sequence[str], width: int) -> Sequence[str]:
    end = len(values)
    while end > width and not values[end - 1].strip():
        end -= 1
    return values[:end]


def _words(values: Sequence[str]) -> list[str]:
    return [value.strip().lower() for value in values]


def _same_words(values: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether a row repeats the words of the column names; most rows differ in the first."""
    if len(values) != len(words) or values[0].strip().lower() != words[0]:
        return False
    return _words(values) == words
