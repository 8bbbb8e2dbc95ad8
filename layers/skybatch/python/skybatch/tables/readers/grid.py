"""Rows of cells to tables: where the column names stand, what below them is no data, where another table begins.

Shared by all formats whose files are rows of cells without a description of their own: separated values, tables
drawn with bars, and sheets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from skybatch.tables.readers.headerless import is_number_row, without_header
from skybatch.tables.readers.model import (
    Bounds,
    CellKind,
    Column,
    Header,
    Record,
    Select,
    Table,
    Upload,
    collect,
    unreadable_table,
)
from skybatch.tables.readers.unit_words import is_type, is_unit, named_column
from skybatch.validation import ErrorCollector

LOOKAHEAD = 25  # rows among which the column names are looked for
MOST_UNIT_ROWS = 3  # types, units and null values below the names
_DASHES = re.compile(r"[-=~_+:]*")
_DECIMAL_COMMA = re.compile(r"[+-−]?[0-9:h°d ]*[0-9],[0-9]+s?\"?")


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
        Adds to columns what comments above the names say of them; gets the line of the names.
    name_above
        Column names that a comment directly above a line writes, or None.
    decimal_comma
        Whether a comma in a number can be a decimal one, since it separates no cells.
    keywords, title
        As in `Header`.
    """

    kind: str
    records: Iterator[Record]
    describe: Callable[[Sequence[Column], int | None], tuple[Column, ...]] = lambda columns, line: tuple(
        columns
    )
    name_above: Callable[[Record], Record | None] = lambda record: None
    decimal_comma: bool = True
    keywords: dict[str, str] = field(default_factory=dict)
    title: str = ""


def read_grid(grid: Grid, select: Select, bounds: Bounds, before: int = 0) -> Upload:
    """Read every table of a grid. ``before`` counts rows of other grids of the same file.

    Raises InvalidRequest for rows of another length than their header, TooLarge for too many rows.
    """
    return _GridReader(grid, select, bounds, before).read()


class _GridReader:
    def __init__(self, grid: Grid, select: Select, bounds: Bounds, before: int) -> None:
        self.grid, self.select, self.bounds, self.before = grid, select, bounds, before
        self.waiting: list[Record] = []
        self.notices: list[str] = []
        self.commas = 0

    def read(self) -> Upload:
        if not self._ahead(1):
            raise unreadable_table("there is nothing but blank lines and comments")
        tables: list[Table] = []
        while self._ahead(1):
            if len(tables) >= self.bounds.tables:
                raise unreadable_table(f"there are more than {self.bounds.tables} tables")
            table = self._table()
            self.before += len(table)
            tables.append(table)
        if self.commas:
            self.notices.append(f"Decimal commas were read as points in {self.commas} cells.")
        return Upload(tuple(tables), tuple(self.notices))

    # Rows, with some looked at before they are taken ------------------------------------------------

    def _ahead(self, count: int) -> list[Record]:
        while len(self.waiting) < count and (record := next(self.grid.records, None)) is not None:
            self.waiting.append(record)
        return self.waiting[:count]

    def _take(self) -> Record | None:
        found = self._ahead(1)
        return self.waiting.pop(0) if found else None

    # One table --------------------------------------------------------------------------------------

    def _table(self) -> Table:
        header = self._header()
        if header is None:
            return self._table_without_header()
        header = self._with_unit_rows(header)
        kinds = dict(self.select(header))
        return collect(header, self._data(header, kinds), kinds, self.bounds, self.before)

    def _table_without_header(self) -> Table:
        columns, records, notice = without_header(self._ahead(LOOKAHEAD), self._remaining())
        self.notices.append(notice)
        header = Header("list without a header", columns, dict(self.grid.keywords), None, self.grid.title)
        kinds = dict(self.select(header))
        return collect(header, self._of_width(records, header, kinds), kinds, self.bounds, self.before)

    def _remaining(self) -> Iterator[Record]:
        while (record := self._take()) is not None:
            yield record

    def _header(self) -> Header | None:
        """Take the rows down to the column names; None where the rows begin without any.

        Names in which nothing is wanted are those of a table that is not used.
        """
        first = self._ahead(1)[0]
        if header := self._names(first):
            self._take()
            return header
        above = self.grid.name_above(first)
        if above is not None and (header := self._names(above)):
            return header
        if is_number_row(first.values):
            return None
        if header := self._below_preamble():
            return header
        if len(first.values) == 1:
            return None
        if any(is_number_row([value]) for value in first.values):
            raise unreadable_table("the first line must name the columns", first.line)
        self._take()
        return self._header_of(first)

    def _below_preamble(self) -> Header | None:
        """Take the lines above the column names, where names stand among the next rows."""
        for index, record in enumerate(self._ahead(LOOKAHEAD)):
            if index and (header := self._names(record)):
                first, last = self.waiting[0].line, self.waiting[index - 1].line
                del self.waiting[: index + 1]
                where = f"line {first} was" if first == last else f"lines {first} to {last} were"
                self.notices.append(f"Above the column names, {where} left out.")
                return header
        return None

    def _names(self, record: Record) -> Header | None:
        """The header that a row writes, None where nothing in it is wanted."""
        if is_number_row(record.values):
            return None
        header = self._header_of(record)
        return header if self.select(header) else None

    def _header_of(self, record: Record) -> Header:
        self.bounds.check_columns(len(record.values), record.line)
        columns = self.grid.describe([named_column(text) for text in record.values], record.line)
        return Header(self.grid.kind, columns, dict(self.grid.keywords), record.line, self.grid.title)

    def _with_unit_rows(self, header: Header) -> Header:
        """Take rulers and rows of units and types below the names; the header with the units."""
        for _ in range(MOST_UNIT_ROWS + 1):
            ahead = self._ahead(2)
            if ahead and is_ruler(ahead[0].values):
                self._take()
            elif ahead and (is_unit_row(ahead[0].values) or _above_ruler(ahead)):
                header = _with_units(header, ahead[0].values)
                self._take()
            else:
                break
        return header

    def _data(self, header: Header, kinds: dict[int, CellKind]) -> Iterator[Record]:
        return self._of_width(self._rows(header), header, kinds)

    def _rows(self, header: Header) -> Iterator[Record]:
        """The table's rows: up to another table's names, without names and rulers that are repeated."""
        written = [name.lower() for name in header.names]
        while (ahead := self._ahead(1)) != []:
            record = ahead[0]
            if _names_alike(record.values, written):
                self._take()
                self.notices.append(f"Line {record.line} repeats the column names and was left out.")
                self._with_unit_rows(header)
            elif self._begins_table(record):
                return
            else:
                self._take()
                yield record

    def _begins_table(self, record: Record) -> bool:
        """Whether a row writes the names of another table: behind a gap, or above a ruler."""
        if not record.gap or is_number_row(record.values):
            return False
        below = self._ahead(3)[1:]
        return any(is_ruler(row.values) for row in below) or self._names(record) is not None

    def _of_width(
        self, records: Iterator[Record], header: Header, kinds: dict[int, CellKind]
    ) -> Iterator[Record]:
        """Hold each row to the header's width; empty cells past its end are let go."""
        errors, width = ErrorCollector(), len(header.columns)
        for row, record in enumerate(records, 1):
            values = list(record.values)
            while len(values) > width and not values[-1].strip():
                values.pop()
            if len(values) != width:
                errors.add("table", " ".join(values), self._width_rule(len(values), width), record.line, row)
                self.bounds.check_rows(row, header, self.before)
            elif not errors.found:
                yield Record(self._with_points(values, kinds), record.line)
        errors.raise_if_any()

    def _width_rule(self, count: int, width: int) -> str:
        rule = f"this row has {count} values for {width} columns"
        if not self.grid.decimal_comma and count > width:
            return f"{rule}; where commas separate the values, numbers take a decimal point"
        return rule

    def _with_points(self, values: list[str], kinds: dict[int, CellKind]) -> list[str]:
        """Read decimal commas of numeric cells as points, where a comma separates nothing."""
        if self.grid.decimal_comma:
            for index, kind in kinds.items():
                if kind.numeric and "," in values[index] and _DECIMAL_COMMA.fullmatch(values[index].strip()):
                    values[index] = values[index].replace(",", ".")
                    self.commas += 1
        return values


def _names_alike(values: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a row repeats the column names; most rows differ in the first."""
    pairs = zip(values, names, strict=False)
    return len(values) == len(names) and all(named_column(text).name.lower() == name for text, name in pairs)


def is_ruler(values: Sequence[str]) -> bool:
    """Tell whether a row is a line of dashes, at least one cell of three; ``--`` alone is a missing value."""
    cells = [value.strip() for value in values]
    dashed = all(_DASHES.fullmatch(cell) for cell in cells)
    return dashed and any(len(cell) >= 3 and set(cell) & set("-=~_") for cell in cells)


def is_unit_row(values: Sequence[str]) -> bool:
    """Tell whether a row holds nothing but words of units or types, or nothing at all in some cells."""
    cells = [text for value in values if (text := value.strip().strip('"'))]
    return bool(cells) and (all(map(is_unit, cells)) or all(map(is_type, cells)))


def _above_ruler(ahead: Sequence[Record]) -> bool:
    """Whether a row stands between names and their ruler, and so holds units."""
    return len(ahead) == 2 and is_ruler(ahead[1].values) and not is_number_row(ahead[0].values)


def _with_units(header: Header, values: Sequence[str]) -> Header:
    """The header with a row of units, or of types."""
    cells = [value.strip().strip('"') for value in values]
    texts = [text or None for text in cells]
    attribute = "datatype" if all(is_type(text) for text in cells if text) else "unit"
    padded = (*texts, *[None] * (len(header.columns) - len(texts)))
    columns = tuple(
        replace(column, **{attribute: text}) if text else column
        for column, text in zip(header.columns, padded, strict=False)
    )
    return replace(header, columns=columns)
