"""Which columns of an uploaded table mean something in which mode, and the tables that can be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from skybatch.requests.model import Mode
from skybatch.requests.position_columns import position_columns
from skybatch.requests.positions import missing_position, name_columns
from skybatch.requests.table_cells import ROLES, cell_kind, roles_of
from skybatch.tables.readers.model import CellKind, Header, Select, Table, unreadable_table

_SERVICE_ROLES = ("skybatch", "scntr", "dataset", "type", "form", "id", "given_id")
_OPTIONAL = {
    Mode.POSITIONS: ("csys", "equinox", "size", "best", *_SERVICE_ROLES),
    Mode.COADD_KEYS: ("band", "req_ra", "req_dec", "size", *_SERVICE_ROLES),
    Mode.SCANS: ("image", "band", *_SERVICE_ROLES),
}
REQUIRED = {
    Mode.POSITIONS: {},
    Mode.COADD_KEYS: {"coadd_key": "the number of an image set"},
    Mode.SCANS: {
        "date": "observation date yymmdd",
        "hem": "hemisphere, n or s",
        "scan": "nightly scan number",
    },
}
_COORDINATE = CellKind(word=False, numeric=True)


def selection(mode: Mode) -> Select:
    """Return the function that chooses the columns which mean something in a list mode."""

    def select(header: Header) -> Mapping[int, CellKind]:
        roles = roles_of(header, {role: ROLES[role] for role in (*REQUIRED[mode], *_OPTIONAL[mode])})
        if any(role not in roles for role in REQUIRED[mode]):
            return {}
        wanted = {column: cell_kind(role) for role, column in roles.items()}
        if mode is Mode.POSITIONS:
            pairs = position_columns(header)
            names = name_columns(header)
            if not pairs and not names:
                return {}
            wanted |= {column: CellKind() for column in names}
            wanted |= {column: _COORDINATE for pair in pairs for column in pair.indices}
        return wanted

    return select


def missing_columns(tables: Iterable[Table], mode: Mode) -> Exception:
    """Make the error for an upload none of whose tables has the columns that a mode needs."""
    header = max((table.header for table in tables), key=lambda header: len(header.columns))
    if mode is Mode.POSITIONS:
        return missing_position(header)
    have = roles_of(header, ROLES)
    role = next(role for role in REQUIRED[mode] if role not in have)
    name = ROLES[role][0]
    spellings = ", ".join(ROLES[role][1:])
    also = f", also written {spellings}" if spellings else ""
    names = ", ".join(each[:40] for each in header.names[:20]) or "none"
    more = ", ..." if len(header.names) > 20 else ""
    rule = (
        f"the column {name} ({REQUIRED[mode][role]}{also}) is missing; this {header.kind} has the columns"
        f" {names}{more}"
    )
    return unreadable_table(rule, header.line, column=name)
