"""The columns of a table as understood: each mode's have names that the readers of requests know."""

from __future__ import annotations

import pytest

from skybatch.requests.model import Mode
from skybatch.requests.table_selection import selection
from skybatch.tables.model import Column
from skybatch.tables.readers.model import Column as ReadColumn
from skybatch.tables.readers.model import Header
from skybatch.tables.schemas.marker import TABLE_MARKER
from skybatch.tables.schemas.understood import (
    ERROR,
    GIVEN_ID,
    LINE,
    ROW,
    SERVICE_COLUMNS,
    UNDERSTOOD_KEYS,
    UNDERSTOOD_POSITIONS,
    UNDERSTOOD_SCANS,
)

# Shown for people; a request takes nothing from them.
NOT_READ = {ROW, LINE, ERROR}


@pytest.mark.parametrize(
    ("mode", "columns"),
    [
        (Mode.POSITIONS, UNDERSTOOD_POSITIONS),
        (Mode.COADD_KEYS, UNDERSTOOD_KEYS),
        (Mode.SCANS, UNDERSTOOD_SCANS),
    ],
)
def test_every_column_is_read_when_the_table_is_posted(mode: Mode, columns: tuple[Column, ...]) -> None:
    everything = (*columns, GIVEN_ID, *SERVICE_COLUMNS, ERROR)
    header = Header("table", tuple(ReadColumn(column.name, column.unit) for column in everything))
    read = selection(mode)(header)
    assert {everything[index] for index in read} == set(everything) - NOT_READ


def test_the_marker_is_the_last_of_the_services_own_columns() -> None:
    assert SERVICE_COLUMNS[-1].name == TABLE_MARKER
