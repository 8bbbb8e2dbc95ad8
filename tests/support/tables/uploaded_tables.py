"""Uploaded tables made without a reader, for tests of what stands above the readers."""

from __future__ import annotations

from collections.abc import Mapping

from skybatch.requests.columns.cells import TableCells
from skybatch.tables.readers.model import Column, Header, Table
from skybatch.validation import ErrorCollector


def header(*columns: str | Column, keywords: Mapping[str, str] | None = None) -> Header:
    """A header in line 1 of a CSV table."""
    made = tuple(Column(column) if isinstance(column, str) else column for column in columns)
    return Header("CSV table", made, dict(keywords or {}), 1)


def table_cells(columns: Header, *rows: tuple[str | None, ...]) -> TableCells:
    """The cells of a table all of whose columns are read."""
    cells = {index: [row[index] for row in rows] for index in range(len(columns.columns))}
    return TableCells(Table(columns, cells, [n + 2 for n in range(len(rows))]), ErrorCollector())
