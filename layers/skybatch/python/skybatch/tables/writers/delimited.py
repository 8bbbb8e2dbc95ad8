"""Comma- and tab-separated values: one header line, one line a row (RFC 4180), UTF-8.

Cells that a spreadsheet would run as a formula are protected (`skybatch.tables.text_escapes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from skybatch.tables.model import Column, Table
from skybatch.tables.text_escapes import protect
from skybatch.tables.writers.cells import cells

_QUOTED = re.compile(r'[",]|^ | $')


def chunks(table: Table, rows: int, delimiter: str) -> Iterator[bytes]:
    """Yield the table in pieces of ``rows`` rows. Cells hold neither tabs nor line breaks (see `cells`)."""
    yield (delimiter.join(column.name for column in table.columns) + "\n").encode()
    for start in range(0, len(table), rows):
        span = slice(start, start + rows)
        columns = [_cells(column, table, span, delimiter) for column in table.columns]
        lines = map(delimiter.join, zip(*columns, strict=True))
        yield ("\n".join(lines) + "\n").encode()


def _cells(column: Column, table: Table, span: slice, delimiter: str) -> list[str]:
    texts = cells(column, table.values(column, span))
    if not column.is_text:
        return texts
    texts = [protect(text) for text in texts]
    return [_quote(text) for text in texts] if delimiter == "," else texts


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
