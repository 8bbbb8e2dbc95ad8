"""Columns that are read by mode, and the error that lists what would be read."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidRequest
from skybatch.requests.columns.roles import ROLES
from skybatch.requests.model import LIST_MODES, Mode, RowDefaults
from skybatch.requests.table_rows import read_rows
from skybatch.requests.table_selection import missing_columns, selection
from skybatch.tables.readers.model import Bounds, Table
from tests.support.tables.uploaded_tables import header

NEEDED = {
    Mode.POSITIONS: ("ra", "dec"),
    Mode.IMAGE_IDS: ("image_id",),
    Mode.COADD_KEYS: ("coadd_key",),
    Mode.SCANS: ("xdate", "hem", "scan"),
}


@pytest.mark.parametrize("mode", LIST_MODES)
def test_every_list_mode_reads_what_our_own_tables_need(mode: Mode) -> None:
    ours = ("skybatch", "scntr", "dataset", "type", "form", "id", "given_id")
    assert len(selection(mode)(header(*NEEDED[mode], *ours, "other"))) == len(NEEDED[mode]) + len(ours)


@pytest.mark.parametrize("mode", LIST_MODES)
def test_nothing_is_read_of_a_table_that_lacks_a_column(mode: Mode) -> None:
    columns = header("id", *NEEDED[mode][1:])
    assert selection(mode)(columns) == {}
    error = missing_columns([Table(columns)], mode)
    assert isinstance(error, InvalidRequest)
    assert error.errors[0].column == NEEDED[mode][0]


def test_other_spellings_are_told() -> None:
    error = missing_columns([Table(header("hem", "scan"))], Mode.SCANS)
    assert isinstance(error, InvalidRequest)
    assert all(name in error.errors[0].rule for name in ROLES["date"][1:])


@pytest.mark.parametrize("table", ["ra\n1\n", "RA\n10.5\n20.5\n", "dec\n1\n", "size\n50\n", "id\na\nb\n"])
def test_a_column_alone_that_is_no_list_of_names_is_refused(table: str) -> None:
    with pytest.raises(InvalidRequest):
        read_rows(table.encode(), Mode.POSITIONS, RowDefaults(("j",)), Bounds(100, 100, 1_000_000))


@pytest.mark.parametrize("table", ["M 83\nNGC 1068\n", "m83\n", "name\nM 83\n", "Vega\nra Leonis\n"])
def test_a_list_of_names_needs_no_column_name(table: str) -> None:
    rows = read_rows(table.encode(), Mode.POSITIONS, RowDefaults(("j",)), Bounds(100, 100, 1_000_000)).rows
    assert all(row.name for row in rows)
