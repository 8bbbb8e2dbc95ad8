"""One table, written in any of the delivered formats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias, get_args

from skybatch.tables.model import Table
from skybatch.tables.writers import delimited, html, ipac, votable

Format: TypeAlias = Literal["tbl", "xml", "csv", "tsv", "html"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "tbl": "text/plain; charset=us-ascii",
    "xml": "application/x-votable+xml",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
# Rows held as text at a time: a few MB at 40 columns, and large enough that a chunk's fixed cost is nothing.
CHUNK_ROWS = 2000


def chunks(table: Table, fmt: Format, rows: int = CHUNK_ROWS) -> Iterator[bytes]:
    """Write the table piece by piece, in memory bounded by ``rows`` rows of text.

    Raises
    ------
    ValueError
        When ``fmt`` is not one of `FORMATS`.
    """
    match fmt:
        case "tbl":
            return ipac.chunks(table, rows)
        case "xml":
            return votable.chunks(table, rows)
        case "csv":
            return delimited.chunks(table, rows, ",")
        case "tsv":
            return delimited.chunks(table, rows, "\t")
        case "html":
            return html.chunks(table, rows)
    raise ValueError(f"unknown table format {fmt!r}")


def write(table: Table, fmt: Format) -> bytes:
    """Write the table in one piece."""
    return b"".join(chunks(table, fmt))
