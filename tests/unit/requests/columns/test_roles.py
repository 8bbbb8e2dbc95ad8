"""Roles of columns by their names, in any case; the exact lower-case spelling wins."""

from __future__ import annotations

from skybatch.requests.columns.roles import (
    NAME_COLUMNS,
    ROLES,
    cell_kind,
    coordinate_columns,
    name_columns,
    roles_of,
)
from tests.support.tables.uploaded_tables import header


def test_the_first_of_several_names_of_a_role_counts() -> None:
    assert roles_of(header("date", "xdate", "Hemis"), ("date", "hem", "scan")) == {"date": 1, "hem": 2}
    assert roles_of(header("ID", "Id", "id")) == {"id": 2}


def test_every_name_is_lower_case_and_means_one_thing() -> None:
    names = [name for spellings in ROLES.values() for name in spellings]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() for name in [*names, *NAME_COLUMNS])
    assert not set(names).intersection(NAME_COLUMNS)


def test_names_come_in_order_of_preference() -> None:
    assert name_columns(header("designation", "OBJNAME", "ra")) == [1, 0]
    assert coordinate_columns(header("x", "coords")) == [1]


def test_ids_and_dates_may_hold_blanks_and_sizes_are_numbers() -> None:
    assert not cell_kind("id").word
    assert not cell_kind("image_id").word  # a path, where no description says what it is made of
    assert cell_kind("band").word
    assert cell_kind("size").numeric
