"""Which columns of an uploaded table have a meaning in which mode, and how their cells are parsed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from skybatch.errors import InvalidRequest
from skybatch.requests.model import Mode
from skybatch.tables.readers.model import ColumnSelection, UploadedTable, unreadable_table
from skybatch.tables.text_escapes import restorer
from skybatch.validation import ErrorCollector, InvalidValue

# Pairs of headers in order of preference; the exact ra, dec win.
POSITION_PAIRS = (
    ("ra", "dec"),
    ("raj2000", "dej2000"),
    ("raj2000", "decj2000"),
    ("_raj2000", "_dej2000"),
    ("_raj2000", "_decj2000"),
    ("ra_j2000", "dec_j2000"),
    ("ra_j2000", "de_j2000"),
    ("ra_icrs", "de_icrs"),
    ("ra_icrs", "dec_icrs"),
    ("s_ra", "s_dec"),
    ("alpha", "delta"),
)
# Columns of object names; each may also hold whole coordinates.
NAME_COLUMNS = ("locstr", "objname", "object", "name", "target")
DATE_COLUMNS = ("xdate", "date")
CROP_POSITION_COLUMNS = ("req_ra", "req_dec")
# Columns that only tables of this service have.
SERVICE_COLUMNS = ("skybatch", "scntr", "dataset", "type", "form", "edge")

_PAIR_NAMES = tuple(name for pair in POSITION_PAIRS for name in pair)
COLUMNS_OF_MODE = {
    Mode.POSITIONS: (
        *_PAIR_NAMES,
        *NAME_COLUMNS,
        *("csys", "equinox", "size", "best", "id"),
        *SERVICE_COLUMNS,
    ),
    Mode.COADD_KEYS: ("coadd_key", "band", "id", *CROP_POSITION_COLUMNS, "size", *SERVICE_COLUMNS),
    Mode.SCANS: (*DATE_COLUMNS, "hem", "scan", "image", "band", "id", *SERVICE_COLUMNS),
}
# Columns whose values never hold a blank.
ONE_WORD_COLUMNS = frozenset(
    {"coadd_key", "band", "size", "best", "csys", "equinox", "hem", "scan", "image", "scntr", *DATE_COLUMNS}
)

T = TypeVar("T")
D = TypeVar("D")


def column_selection(mode: Mode, max_rows: int) -> ColumnSelection:
    """Return what a reader should take from a table of this mode."""
    return ColumnSelection(frozenset(COLUMNS_OF_MODE[mode]), ONE_WORD_COLUMNS, max_rows)


class CellParser:
    """Parses the cells of a table; every one that breaks its rule is noted."""

    def __init__(self, table: UploadedTable, errors: ErrorCollector) -> None:
        self.table = table
        self.errors = errors
        self._restore = restorer(table.kind, table.names, table.from_service)
        self._spellings = {name.lower(): name for name in reversed(table.names)}

    def has(self, column: str) -> bool:
        """Return whether the table has the column."""
        return column in self.table.columns

    def text(self, column: str, index: int) -> str | None:
        """Return the cell as text, without our own escapes; None for null or without such a column."""
        cells = self.table.columns.get(column)
        text = None if cells is None else cells[index]
        return self._restore(text) if text and self._restore else text

    def value(self, column: str, index: int, parse: Callable[[str], T], default: D) -> T | D:
        """Return the cell's value; ``default`` for null, and for an invalid one, which is noted."""
        text = self.text(column, index)
        if text is None:
            return default
        try:
            return parse(text)
        except InvalidValue as error:
            self.add_error(column, index, text, str(error))
            return default

    def required(self, column: str, index: int, parse: Callable[[str], T]) -> T | None:
        """Return the cell's value; a null is noted as well, and gives None."""
        if self.text(column, index) is None:
            self.add_error(column, index, "", "must not be empty")
            return None
        return self.value(column, index, parse, None)

    def add_error(self, column: str, index: int, value: str, rule: str) -> None:
        """Note an error of row ``index`` (from 0), under the column's name as the table spells it."""
        name = self._spellings.get(column, column)
        self.errors.add(name, value, rule, self.table.lines[index], index + 1)


def first_present_column(table: UploadedTable, columns: Sequence[str], meaning: str) -> str:
    """Return the first of several names of a column that the table has; raises InvalidRequest without any."""
    for column in columns:
        if column in table.columns:
            return column
    raise missing_column(table, columns[0], meaning)


def missing_column(table: UploadedTable, column: str, meaning: str) -> InvalidRequest:
    """Return the error for a table without a column it needs."""
    names = ", ".join(name[:40] for name in table.names[:20]) or "none"
    more = ", ..." if len(table.names) > 20 else ""
    rule = f"the column {column} ({meaning}) is missing; this {table.kind} has the columns {names}{more}"
    return unreadable_table(rule, table.header_line, column=column)
