"""What the readers make of an upload, for their tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from skybatch.errors import InvalidRequest
from skybatch.tables.files.upload import read_tables
from skybatch.tables.readers.model import Bounds, CellKind, Header, Select, Table, Upload

BOUNDS = Bounds(rows=100, marked_rows=1000, inflated_bytes=1_000_000)
Cells = dict[str, str | None]


def selecting(*names: str, numeric: bool = True, word: bool = False) -> Select:
    """Select the columns of some names, in lower case."""

    def select(header: Header) -> Mapping[int, CellKind]:
        kind = CellKind(word=word, numeric=numeric)
        return {index: kind for index, name in enumerate(header.names) if name.lower() in names}

    return select


POSITIONS = selecting("ra", "dec", "name")


@dataclass
class CountingSelect:
    """Selects positions, and counts the columns that it was asked about."""

    columns: int = 0

    def __call__(self, header: Header) -> Mapping[int, CellKind]:
        self.columns += len(header.columns)
        return POSITIONS(header)


def upload_of(content: str | bytes, select: Select = POSITIONS, bounds: Bounds = BOUNDS) -> Upload:
    """Read an upload."""
    return read_tables(content.encode() if isinstance(content, str) else content, select, bounds)


def table_of(content: str | bytes, select: Select = POSITIONS) -> Table:
    """Read an upload of one table that is used."""
    (table,) = [table for table in upload_of(content, select).tables if table.cells]
    return table


def rows_of(table: Table) -> list[Cells]:
    """The rows of a table by column name."""
    names = [table.header.names[index] for index in table.cells]
    return [dict(zip(names, row, strict=True)) for row in zip(*table.cells.values(), strict=True)]


def rows_in(content: str | bytes, select: Select = POSITIONS) -> list[Cells]:
    """The rows of all tables of an upload that are used."""
    return [row for table in upload_of(content, select).tables for row in rows_of(table)]


def refusal(content: str | bytes, select: Select = POSITIONS, bounds: Bounds = BOUNDS) -> InvalidRequest:
    """The error that an upload meets."""
    with pytest.raises(InvalidRequest) as caught:
        upload_of(content, select, bounds)
    return caught.value
