"""One table of an upload while its cells are read: by the role of their columns, every bad one noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from skybatch.tables.readers.model import CellKind, Header, Table
from skybatch.validation import ErrorCollector, InvalidValue

T = TypeVar("T")
D = TypeVar("D")

# Names of the columns of each role, lower case, the one to prefer first.
ROLES: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "size": ("size",),
    "best": ("best",),
    "csys": ("csys", "coordsys", "coord_sys"),
    "equinox": ("equinox",),
    "coadd_key": ("coadd_key",),
    "band": ("band", "filter"),
    "date": ("xdate", "date", "ordate"),
    "hem": ("hem", "hemis", "hemisphere"),
    "scan": ("scan", "scanno"),
    "image": ("image", "coadd", "coaddno"),
    "req_ra": ("req_ra",),
    "req_dec": ("req_dec",),
    "given_id": ("given_id",),
    "skybatch": ("skybatch",),
    "scntr": ("scntr",),
    "dataset": ("dataset",),
    "type": ("type",),
    "form": ("form",),
}
# Columns of object names and of whole coordinates, the one to prefer first.
NAME_COLUMNS = (
    "locstr",
    "objname",
    "object",
    "name",
    "target",
    "obj_name",
    "object_name",
    "target_name",
    "main_id",
    "designation",
)
WORDS = frozenset(ROLES) - {"id", "given_id", "date"}


class TableCells:
    """Reads the cells of a table row by row.

    ``rows_before`` counts the rows of earlier tables of the upload, whose numbers go on here.
    """

    def __init__(self, table: Table, errors: ErrorCollector, rows_before: int = 0) -> None:
        self.table = table
        self.errors = errors
        self.rows_before = rows_before
        self.roles = roles_of(table.header, ROLES)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def header(self) -> Header:
        """The table's header."""
        return self.table.header

    def has(self, role: str) -> bool:
        """Tell whether the table has a column of a role."""
        return role in self.roles

    def at(self, column: int, index: int) -> str | None:
        """Return a cell by the index of its column."""
        return self.table.cells[column][index]

    def text(self, role: str, index: int) -> str | None:
        """Return a cell as text; None for null or where there is no such column."""
        column = self.roles.get(role)
        return None if column is None else self.table.cells[column][index]

    def value(self, role: str, index: int, read: Callable[[str], T], default: D) -> T | D:
        """Return a cell's value; ``default`` for null, and for a bad one, which is noted."""
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


def roles_of(header: Header, roles: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Find the column of each role that the header has; the exact lower-case spelling wins over others."""
    places: dict[str, int] = {}
    for index, name in enumerate(header.names):
        key = name.lower()
        if key not in places or (name == key and header.names[places[key]] != key):
            places[key] = index
    found = {}
    for role, names in roles.items():
        column = next((places[name] for name in names if name in places), None)
        if column is not None:
            found[role] = column
    return found


def cell_kind(role: str) -> CellKind:
    """Say what the cells of a role are like."""
    return CellKind(word=role in WORDS, numeric=role in ("size", "req_ra", "req_dec"))
