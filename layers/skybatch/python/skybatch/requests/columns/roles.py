"""The names of columns that mean something, lower case, the one to prefer first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from skybatch.tables.readers.model import CellKind, Header

ROLES: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "size": ("size",),
    "best": ("best",),
    "csys": ("csys", "coordsys", "coord_sys"),
    "equinox": ("equinox",),
    "image_id": ("image_id",),
    "coadd_key": ("coadd_key",),
    "band": ("band", "filter", "energy_bandpassname"),
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
    "survey": ("survey",),
    "type": ("type",),
    "form": ("form",),
    "edge": ("edge",),
}
NAME_COLUMNS = (
    "locstr",
    "objname",
    "object",
    "name",
    "target",
    "obj_name",
    "object_name",
    "objectname",
    "target_name",
    "targetname",
    "targname",
    "source_name",
    "star_name",
    "galaxy_name",
    "main_id",
    "designation",
    "identifier",
    "typed_ident",
    "_2mass",
)
"""Columns of object names, or of whole coordinates; no word that names of objects themselves have.

A blank in a column's name counts as an underscore (``Object Name``)."""

COORDINATE_COLUMNS = (
    "coord1",
    "coordinates",
    "coords",
    "radec",
    "ra_dec",
    "skycoord",
    "sky_coord",
)
"""Columns of whole coordinates, which are no names."""

NO_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_WITH_BLANKS = frozenset({"id", "given_id", "date", "image_id"})
_NUMERIC = frozenset({"size", "req_ra", "req_dec"})


def places_of(names: Sequence[str]) -> dict[str, int]:
    """Return where each name stands, by its lower case; the exact lower-case spelling wins over others."""
    places: dict[str, int] = {}
    for index, name in enumerate(names):
        key = name.lower()
        if key not in places or (name == key and names[places[key]] != key):
            places[key] = index
    return places


def roles_of(
    header: Header,
    roles: Iterable[str] = ROLES,
    aliases: Mapping[str, tuple[str, ...]] = NO_ALIASES,
) -> dict[str, int]:
    """Find the column of each role that the header has; ``aliases`` are a survey's own names of roles."""
    places = places_of(header.names)
    found = {}
    for role in roles:
        names = (*ROLES[role], *aliases.get(role, ()))
        column = next((places[name] for name in names if name in places), None)
        if column is not None:
            found[role] = column
    return found


def name_columns(header: Header) -> list[int]:
    """Find every column of names, the one to prefer first."""
    return _columns_named(header, NAME_COLUMNS)


def coordinate_columns(header: Header) -> list[int]:
    """Find every column of whole coordinates, the one to prefer first."""
    return _columns_named(header, COORDINATE_COLUMNS)


def _columns_named(header: Header, names: Iterable[str]) -> list[int]:
    places = places_of([name.replace(" ", "_") for name in header.names])
    return [places[name] for name in names if name in places]


def cell_kind(role: str) -> CellKind:
    """Return what the cells of a role are like."""
    return CellKind(word=role not in _WITH_BLANKS, numeric=role in _NUMERIC)
