"""Which columns of an uploaded table mean something in which mode, and the reading of their cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from skybatch.requests.model import Mode
from skybatch.tables.readers.model import Table, Wanted, unreadable
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
PLACE_COLUMNS = ("locstr", "objname", "object", "name", "target")
DATE_COLUMNS = ("xdate", "date")
REQUEST_POINT = ("req_ra", "req_dec")
OURS = ("skybatch", "scntr", "dataset", "type", "form")

_PAIR_NAMES = tuple(name for pair in POSITION_PAIRS for name in pair)
MEANT = {
    Mode.POSITIONS: (*_PAIR_NAMES, *PLACE_COLUMNS, "csys", "equinox", "size", "best", "id", *OURS),
    Mode.COADD_KEYS: ("coadd_key", "band", "id", *REQUEST_POINT, "size", *OURS),
    Mode.SCANS: (*DATE_COLUMNS, "hem", "scan", "image", "band", "id", *OURS),
}
ONE_WORD = frozenset(
    {"coadd_key", "band", "size", "best", "csys", "equinox", "hem", "scan", "image", "scntr", *DATE_COLUMNS}
)

T = TypeVar("T")
D = TypeVar("D")


def wanted(mode: Mode, max_rows: int) -> Wanted:
    """What a reader should take from a table of this mode."""
    return Wanted(frozenset(MEANT[mode]), ONE_WORD, max_rows)


class Cells:
    """Reads the cells of a table row by row, noting every one that breaks its rule."""

    def __init__(self, table: Table, errors: ErrorCollector) -> None:
        self.table = table
        self.errors = errors
        self.written = {name.lower(): name for name in reversed(table.names)}

    def has(self, column: str) -> bool:
        """Whether the table has the column."""
        return column in self.table.columns

    def text(self, column: str, index: int) -> str | None:
        """The cell as text; None for null or where there is no such column."""
        cells = self.table.columns.get(column)
        return None if cells is None else cells[index]

    def value(self, column: str, index: int, read: Callable[[str], T], default: D) -> T | D:
        """The cell's value; ``default`` for null, and for a bad one, which is noted."""
        text = self.text(column, index)
        if text is None:
            return default
        try:
            return read(text)
        except InvalidValue as broken:
            self.note(column, index, text, str(broken))
            return default

    def required(self, column: str, index: int, read: Callable[[str], T]) -> T | None:
        """The cell's value; a null is noted as well, and gives None."""
        if self.text(column, index) is None:
            self.note(column, index, "", "must not be empty")
            return None
        return self.value(column, index, read, None)

    def note(self, column: str, index: int, value: str, rule: str) -> None:
        """Keep an error of row ``index`` (from 0)."""
        self.errors.add(self.written.get(column, column), value, rule, self.table.lines[index], index + 1)


def first_present(table: Table, columns: Sequence[str], meaning: str) -> str:
    """The first of several spellings of a column that the table has; raises InvalidRequest without any."""
    for column in columns:
        if column in table.columns:
            return column
    raise missing(table, columns[0], meaning)


def missing(table: Table, column: str, meaning: str) -> Exception:
    """The error for a table without a column it needs."""
    names = ", ".join(name[:40] for name in table.names[:20]) or "none"
    more = ", ..." if len(table.names) > 20 else ""
    rule = f"the column {column} ({meaning}) is missing; this {table.kind} has the columns {names}{more}"
    return unreadable(rule, table.header_line, column=column)
