"""Uploaded tables made without a reader, for tests of what stands above the readers."""

from __future__ import annotations

from skybatch.requests.table_columns import CellParser
from skybatch.tables.readers.model import UploadedTable
from skybatch.validation import ErrorCollector


def uploaded_table(names: tuple[str, ...], *rows: tuple[str | None, ...]) -> UploadedTable:
    """A table with a header in line 1; its columns by lower-case name."""
    columns = {name.lower(): [row[i] for row in rows] for i, name in enumerate(names)}
    return UploadedTable("CSV table", names, columns, [line + 2 for line in range(len(rows))], 1)


def cell_parser(names: tuple[str, ...], *rows: tuple[str | None, ...]) -> CellParser:
    """A parser of the cells of such a table."""
    return CellParser(uploaded_table(names, *rows), ErrorCollector())
