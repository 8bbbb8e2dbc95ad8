"""Which columns of an uploaded table are read in which mode, and the error where none are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from skybatch.requests.columns.pairs import coordinate_like, position_columns
from skybatch.requests.columns.roles import (
    NO_ALIASES,
    ROLES,
    cell_kind,
    coordinate_columns,
    name_columns,
    roles_of,
)
from skybatch.requests.field_parsers import IMAGE_SET_LISTS
from skybatch.requests.model import Mode
from skybatch.requests.positions import missing_position
from skybatch.surveys.description.survey import Survey
from skybatch.tables.readers.model import (
    HEADERLESS,
    CellKind,
    Column,
    Header,
    Select,
    Table,
    unreadable_table,
)

# Roles that tables of this service have, whatever they list.
_SERVICE_ROLES = ("skybatch", "scntr", "survey", "dataset", "type", "form", "edge", "id", "given_id")
_OPTIONAL = {
    Mode.POSITIONS: ("csys", "equinox", "size", "best", *_SERVICE_ROLES),
    Mode.IMAGE_IDS: ("band", "req_ra", "req_dec", "size", *_SERVICE_ROLES),
    Mode.COADD_KEYS: ("band", "req_ra", "req_dec", "size", *_SERVICE_ROLES),
    Mode.SCANS: ("image", "band", *_SERVICE_ROLES),
}
REQUIRED: Mapping[Mode, Mapping[str, str]] = {
    Mode.POSITIONS: {},
    Mode.IMAGE_IDS: {"image_id": "the identifier of an image set"},
    Mode.COADD_KEYS: {"coadd_key": "the number of an image set"},
    Mode.SCANS: {
        "date": "observation date yymmdd",
        "hem": "hemisphere, n or s",
        "scan": "nightly scan number",
    },
}
_TEXT = CellKind()
_COORDINATE = CellKind(word=False, numeric=True)
_COLUMNS_SHOWN = 20

_ROLE_NAMES = frozenset(name for names in ROLES.values() for name in names)


def own_names(surveys: Iterable[Survey]) -> Mapping[str, tuple[str, ...]]:
    """Return the surveys' own names of roles: an image set that one field names is named by it."""
    names = tuple(survey.set.fields[0] for survey in surveys if len(survey.set.fields) == 1)
    return {"image_id": names} if names else {}


def mode_of_table(mode: Mode, header: Header) -> Mode:
    """Return the mode in which a table is read: one of this service lists image sets as it names them."""
    if mode not in IMAGE_SET_LISTS or not header.marked:
        return mode
    roles = roles_of(header, ("image_id", "coadd_key", "survey"))
    if "image_id" in roles and ("survey" in roles or "coadd_key" not in roles):
        return Mode.IMAGE_IDS
    return Mode.COADD_KEYS if "coadd_key" in roles else mode


def selection(mode: Mode, aliases: Mapping[str, tuple[str, ...]] = NO_ALIASES) -> Select:
    """Return the function that chooses the columns to read in a list mode."""

    def select(header: Header) -> Mapping[int, CellKind]:
        own = mode_of_table(mode, header)
        roles = roles_of(header, (*REQUIRED[own], *_OPTIONAL[own]), aliases)
        wanted = {column: cell_kind(role) for role, column in roles.items()}
        if own is Mode.POSITIONS:
            positions = _position_cells(header)
            return wanted | positions if positions else {}
        return wanted if all(role in roles for role in REQUIRED[own]) else {}

    return select


def _position_cells(header: Header) -> dict[int, CellKind]:
    """Return the columns that give positions or names."""
    texts = [*name_columns(header), *coordinate_columns(header)]
    pairs = [column for pair in position_columns(header) for column in pair.indices]
    return dict.fromkeys(texts, _TEXT) | dict.fromkeys(pairs, _COORDINATE)


def missing_columns(tables: Iterable[Table], mode: Mode) -> Exception:
    """Return the error for an upload none of whose tables has the columns that a mode needs."""
    header = max((table.header for table in tables), key=lambda header: len(header.columns))
    if mode is Mode.POSITIONS:
        return missing_position(header)
    have = roles_of(header)
    role = next(role for role in REQUIRED[mode] if role not in have)
    name, *others = ROLES[role]
    also = f", also written {', '.join(others)}" if others else ""
    names = ", ".join(each[:40] for each in header.names[:_COLUMNS_SHOWN]) or "none"
    more = ", ..." if len(header.names) > _COLUMNS_SHOWN else ""
    rule = (
        f"the column {name} ({REQUIRED[mode][role]}{also}) is missing; this {header.kind} has the columns"
        f" {names}{more}"
    )
    return unreadable_table(rule, header.line, column=name)


def check_first_line(table: Table, mode: Mode) -> None:
    """Raise InvalidRequest for a list of names whose first line is the name of a column.

    Its other columns are missing: what lies below is no list of object names.
    """
    if table.header.kind != HEADERLESS or len(table.cells) != 1 or not len(table):
        return
    (cells,) = table.cells.values()
    first = Column((cells[0] or "").strip())
    header = Header("table", (first,), line=table.lines[0])
    if coordinate_like(header, ()) or first.name.lower() in _ROLE_NAMES:
        raise missing_columns([Table(header)], mode)
