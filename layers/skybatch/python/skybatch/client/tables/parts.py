"""A table as several of at most so many rows, each of which can be uploaded by itself.

Tables of text are cut between lines, with the lines before their rows repeated; others, and objects, are
written as CSV.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from skybatch.client.tables.cells import Columns
from skybatch.client.tables.objects import object_columns
from skybatch.client.tables.refusals import refused
from skybatch.client.tables.upload import csv_text, file_upload, frame_comments

GZIP_MAGIC = b"\x1f\x8b"
# How files begin that are no lines of rows.
FITS, XML, JOURNAL = b"SIMPLE  =", b"<", (b"Title:", b"Byte-by-byte")


@dataclass(frozen=True)
class TablePart:
    """A part of a table: its bytes, and the numbers of its first and last row in the whole, from 1."""

    body: bytes
    first_row: int
    last_row: int


def table_parts(table: Any, rows: int, epoch: Any = None, size: Any = None) -> list[TablePart]:
    """Return a table in parts of at most ``rows`` rows; the other arguments are those of `object_columns`.

    Raises
    ------
    InvalidRequest
        ``table`` is nothing that can be uploaded, or a file that only astropy can take apart where astropy is
        not installed.
    """
    columns = object_columns(table, epoch, size)
    if columns is not None:
        return list(_parts_of_columns(columns, rows, frame_comments(table)))
    body = file_upload(table).body
    plain = gzip.decompress(body) if body.startswith(GZIP_MAGIC) else body
    start = plain.lstrip()[:64]
    if start.startswith((FITS, XML, *JOURNAL)):
        return table_parts(_astropy_table(plain), rows)
    return list(_parts_of_text(plain, rows))


def _parts_of_columns(columns: Columns, rows: int, comments: bytes) -> Iterator[TablePart]:
    length = len(next(iter(columns.values()), ()))
    for start in range(0, length, rows):
        part = {name: cells[start : start + rows] for name, cells in columns.items()}
        yield TablePart(comments + csv_text(part), start + 1, min(start + rows, length))


def _astropy_table(body: bytes) -> Any:
    try:
        from astropy.table import Table
    except ImportError:
        raise refused("table", "", "of this format can be split only where skybatch[astropy] is") from None
    if body.startswith(FITS):
        return Table.read(io.BytesIO(body), format="fits")
    if body.lstrip().startswith(XML):
        return Table.read(io.BytesIO(body), format="votable")
    return Table.read(body.decode("utf-8", "replace"), format="ascii.mrt")


def _parts_of_text(body: bytes, rows: int) -> Iterator[TablePart]:
    records = list(_records(body.decode("utf-8", "replace").splitlines(keepends=True)))
    if records and not records[-1].endswith("\n"):
        records[-1] += "\n"
    heading = _heading_length(records)
    data = iter(records[heading:])
    first = 1
    while part := list(islice(data, rows)):
        yield TablePart("".join([*records[:heading], *part]).encode(), first, first + len(part) - 1)
        first += len(part)


def _records(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a table; blank ones and comments among its rows are left out."""
    seen_row = False
    for line in lines:
        if not seen_row or (line.strip() and not line.startswith("#")):
            seen_row = seen_row or not line.startswith(("#", "\\"))
            yield line


def _heading_length(records: Sequence[str]) -> int:
    """Return how many records stand before the rows: comments, keywords, names, types and units."""
    length = 0
    while length < len(records) and (
        not records[length].strip() or records[length].startswith(("#", "\\", "|"))
    ):
        length += 1
    if length and records[length - 1].startswith("|"):  # IPAC: names, types, units, nulls
        return length
    if length < len(records) and not _is_row(records[length]):
        length += 1
    return length


def _is_row(record: str) -> bool:
    """Whether a line holds a coordinate rather than names of columns."""
    cells = re.split(r"[,;|\t ]+", record.strip())
    return any(re.fullmatch(r"[+-]?[0-9][0-9.:hdms°'\"]*([eE][+-]?[0-9]+)?", cell) for cell in cells)
