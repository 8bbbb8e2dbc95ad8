"""An uploaded file as rows of a request: all its tables, every row, every invalid cell noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from skybatch.errors import CellError, InvalidRequest
from skybatch.requests.columns.cells import TableCells, with_short_cells
from skybatch.requests.columns.pairs import position_columns
from skybatch.requests.columns.roles import NO_ALIASES, coordinate_columns, name_columns, roles_of
from skybatch.requests.model import Mode, Row, RowDefaults
from skybatch.requests.row_ids import shorten_ids
from skybatch.requests.row_readers import RowSource, check_image_sets, read_table_rows
from skybatch.requests.table_selection import (
    check_first_line,
    missing_columns,
    mode_of_table,
    own_names,
    selection,
)
from skybatch.surveys.catalogue import DEFAULT_SURVEY
from skybatch.surveys.known import survey_of
from skybatch.tables.files.upload import read_tables
from skybatch.tables.readers.model import Bounds, Table, unreadable_table
from skybatch.validation import MAX_ERRORS, ErrorCollector, summarize

_LISTED = {
    Mode.POSITIONS: "positions",
    Mode.IMAGE_IDS: "image ids",
    Mode.COADD_KEYS: "coadd keys",
    Mode.SCANS: "scans",
}
_MOST_NAMED = 10


@dataclass(frozen=True)
class ColumnUse:
    """A column of an upload: its name, what it was used as (empty: not used), and its unit in the file."""

    name: str
    used_as: str
    unit: str | None


@dataclass(frozen=True)
class RequestRows:
    """The rows of a request, and how they were read.

    Attributes
    ----------
    rows
        One for each data row of the tables used.
    from_service
        Whether this service wrote the table.
    notices
        What was guessed, cut or left out, in sentences.
    columns
        Every column of the tables used.
    sources
        For each row where its position was read, None where it has none.
    errors
        Invalid cells; the values they stand for are missing in the rows.
    mode
        How the rows name what they ask for: in a table of this service as that has it.
    datasets
        The data sets that the rows name as surveys, in the order of their first rows.
    """

    rows: tuple[Row, ...]
    from_service: bool
    notices: tuple[str, ...] = ()
    columns: tuple[ColumnUse, ...] = ()
    sources: tuple[RowSource | None, ...] = ()
    errors: tuple[CellError, ...] = field(default=())
    mode: Mode | None = None
    datasets: tuple[str, ...] = ()

    def raise_if_invalid(self) -> None:
        """Raise InvalidRequest naming the invalid cells, if there are any."""
        if self.errors:
            found = list(self.errors)
            raise InvalidRequest(summarize(found, len(found) >= MAX_ERRORS), errors=found)


def read_rows(upload: bytes, mode: Mode, defaults: RowDefaults, bounds: Bounds) -> RequestRows:
    """Read an uploaded file as the rows of a list mode, invalid cells among its `errors`.

    Parameters
    ----------
    upload
        The file's bytes, in any format the readers know, gzipped or not.
    mode
        A list mode.
    defaults
        Values for rows that have none of their own.
    bounds
        The most that the file may hold; in scan lists ``rows`` counts image sets too.

    Raises
    ------
    InvalidRequest
        The file cannot be read, or lacks the columns that the mode needs.
    TooLarge
        There are too many rows, image sets, cells or bytes.
    """
    aliases = own_names(defaults.surveys.surveys)
    found = read_tables(upload, selection(mode, aliases), bounds)
    used = [with_short_cells(table) for table in found.tables if table.cells]
    if not used:
        raise missing_columns(found.tables, mode)
    if not any(map(len, used)):
        raise unreadable_table("there are no rows of data", used[0].header.line)
    for table in used:
        check_first_line(table, mode)
    if mode is Mode.SCANS:
        check_image_sets(used, bounds)
    mode = mode_of_table(mode, used[0].header)
    if any(mode_of_table(mode, table.header) is not mode for table in used):
        rule = "some of its tables name image sets by image_id, others by coadd_key; please post them apart"
        raise unreadable_table(rule, used[0].header.line)
    read = _read_used(used, mode, defaults, aliases)
    return replace(read, notices=(*found.notices, *_table_notices(found.tables, mode), *read.notices))


def _read_used(
    used: Sequence[Table], mode: Mode, defaults: RowDefaults, aliases: Mapping[str, tuple[str, ...]]
) -> RequestRows:
    """Read the rows of all tables that are used, numbered on from one to the next."""
    errors = ErrorCollector()
    rows: list[Row] = []
    sources: list[RowSource | None] = []
    notices: list[str] = []
    for table in used:
        part = read_table_rows(TableCells(table, errors, len(rows), aliases), mode, defaults)
        rows += part.rows
        sources += part.sources
        notices += part.notices
    shortened, cut = shorten_ids(rows)
    return RequestRows(
        tuple(shortened),
        any(table.header.marked for table in used),
        tuple(dict.fromkeys((*notices, *cut))),
        tuple(use for table in used for use in column_uses(table, mode, aliases)),
        tuple(sources),
        tuple(errors.found),
        mode,
        _datasets(used, shortened),
    )


def _datasets(used: Sequence[Table], rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the data sets of rows, where tables name them as surveys; those of 2MASS alone do not."""
    found = tuple(dict.fromkeys(row.dataset for row in rows if row.dataset))
    named = any(table.header.marked and "survey" in roles_of(table.header, ("survey",)) for table in used)
    return found if named or any(survey_of(each).id != DEFAULT_SURVEY for each in found) else ()


def _table_notices(tables: Sequence[Table], mode: Mode) -> Iterator[str]:
    """Say which of several tables were used."""
    used = [table for table in tables if table.cells]
    if len(used) > 1:
        counts = ", ".join(f"{len(table)} of {_name(table, tables)}" for table in used[:_MOST_NAMED])
        more = ", ..." if len(used) > _MOST_NAMED else ""
        yield (
            f"The file holds {len(tables)} tables; the rows of {len(used)} were used, numbered on:"
            f" {counts}{more}."
        )
    unused = [_name(table, tables) for table in tables if not table.cells]
    if unused:
        named = ", ".join(unused[:_MOST_NAMED]) + (", ..." if len(unused) > _MOST_NAMED else "")
        yield f"Tables without {_LISTED[mode]} were not used: {named}."


def _name(table: Table, tables: Sequence[Table]) -> str:
    number = next(number for number, each in enumerate(tables, 1) if each is table)
    return table.header.title or f"table {number}"


def column_uses(
    table: Table, mode: Mode, aliases: Mapping[str, tuple[str, ...]] = NO_ALIASES
) -> Iterator[ColumnUse]:
    """Say what each column of a table was used as: a role, ``ra``, ``dec``, ``name`` or nothing."""
    roles = roles_of(table.header, aliases=aliases)
    uses = {column: role for role, column in roles.items() if column in table.cells}
    if mode is Mode.POSITIONS:
        uses |= dict.fromkeys(name_columns(table.header), "name")
        uses |= dict.fromkeys(coordinate_columns(table.header), "coordinates")
        for pair in reversed(position_columns(table.header)):
            uses |= dict.fromkeys(pair.longitude, "ra") | dict.fromkeys(pair.latitude, "dec")
    for index, column in enumerate(table.header.columns):
        yield ColumnUse(column.name, uses.get(index, ""), column.unit)
