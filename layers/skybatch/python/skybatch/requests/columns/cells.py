"""One table of an upload while its cells are read, by the role of their columns; invalid ones are noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from skybatch.requests.columns.roles import NO_ALIASES, roles_of
from skybatch.tables.readers.model import Header, Table
from skybatch.tables.text_escapes import restorer
from skybatch.validation import ErrorCollector, InvalidValue

T = TypeVar("T")
D = TypeVar("D")
# No value of a request is as long; what is longer is cut before any pattern is matched against it.
MAX_CELL_CHARACTERS = 1000
_CUT = "\u2026"  # an ellipsis, which no number, angle or word holds


class TableCells:
    """Reads the cells of a table row by row.

    ``rows_before`` counts the rows of earlier tables of the upload, whose numbers go on here; ``aliases`` are
    the survey's own names of roles.
    """

    def __init__(
        self,
        table: Table,
        errors: ErrorCollector,
        rows_before: int = 0,
        aliases: Mapping[str, tuple[str, ...]] = NO_ALIASES,
    ) -> None:
        self.table = table
        self.errors = errors
        self.rows_before = rows_before
        self._restore = restorer(table.header.kind, table.header.names, table.header.marked)
        found = roles_of(table.header, aliases=aliases)
        self.roles = {r: c for r, c in found.items() if c in table.cells}

    def __len__(self) -> int:
        return len(self.table)

    @property
    def header(self) -> Header:
        """The table's header."""
        return self.table.header

    def has(self, role: str) -> bool:
        """Return whether the table has a column of a role."""
        return role in self.roles

    def at(self, column: int, index: int) -> str | None:
        """Return a cell by the index of its column, without the escapes of our own IPAC tables."""
        text = self.table.cells[column][index]
        return self._restore(text) if text and self._restore else text

    def text(self, role: str, index: int) -> str | None:
        """Return a cell as text; None for null or where there is no such column."""
        column = self.roles.get(role)
        return None if column is None else self.at(column, index)

    def value(self, role: str, index: int, read: Callable[[str], T], default: D) -> T | D:
        """Return a cell's value; ``default`` for null, and for an invalid one, which is noted."""
        column = self.roles.get(role)
        return default if column is None else self.value_at(column, index, read, default)

    def value_at(self, column: int, index: int, read: Callable[[str], T], default: D) -> T | D:
        """Return the value of a cell by the index of its column, as `value` does."""
        text = self.at(column, index)
        if text is None:
            return default
        try:
            return read(text)
        except InvalidValue as broken:
            self.note(column, index, text, str(broken))
            return default

    def required(self, role: str, index: int, read: Callable[[str], T]) -> T | None:
        """Return a cell's value; a null is noted as well, and gives None."""
        if self.text(role, index) is None:
            self.note(self.roles[role], index, "", "must not be empty")
            return None
        return self.value(role, index, read, None)

    def note(self, column: int, index: int, value: str, rule: str) -> None:
        """Keep an error of row ``index`` (from 0)."""
        number = self.rows_before + index + 1
        self.errors.add(self.header.names[column], value, rule, self.table.lines[index], number)


def with_short_cells(table: Table) -> Table:
    """Return the table with cells of at most `MAX_CELL_CHARACTERS`; longer ones are cut, and so invalid."""
    cells = {column: _short(texts) for column, texts in table.cells.items()}
    return replace(table, cells=cells)


def _short(texts: Sequence[str | None]) -> Sequence[str | None]:
    """Cut what is too long, and mark it by an ellipsis."""
    if all(text is None or len(text) <= MAX_CELL_CHARACTERS for text in texts):
        return texts
    return [text if text is None else _cut(text) for text in texts]


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CELL_CHARACTERS else text[:MAX_CELL_CHARACTERS] + _CUT
