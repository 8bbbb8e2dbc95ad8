"""The rows of an operator's metadata table, streamed from a file of any size.

The formats, and the modules that read them, are those of uploads. Delimited text, IPAC tables, VOTables with
TABLEDATA and plain FITS tables are read row by row; other files are held in memory.
"""

from __future__ import annotations

import gzip
import io
import mmap
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, cast

from skybatch.errors import InvalidRequest
from skybatch.tables.files.upload import FITS, GZIP, ZIP, looks_like_xml, read_tables
from skybatch.tables.readers.fits import extensions as fits
from skybatch.tables.readers.model import Bounds, CellKind, Header, Rows, Select, Table, cell_text
from skybatch.tables.readers.text import UTF16_MARKS, check_line
from skybatch.tables.readers.text_formats import bars, byte_by_byte, ds9, ipac
from skybatch.tables.readers.text_formats.delimited import grid_of
from skybatch.tables.readers.text_formats.grid import GridReader
from skybatch.tables.readers.text_formats.ipac_layout import read_layout
from skybatch.tables.readers.votable import document as votable

Row = tuple[int | None, dict[str, str | None]]
"""A row's line, None in binary formats, and its cells by column name in lower case."""

HEAD_BYTES = 1 << 16
HEAD_LINES = 3000
_MANY = 10**12
BOUNDS = Bounds(
    rows=_MANY,
    marked_rows=_MANY,
    inflated_bytes=_MANY,
    cells=_MANY,
    kept_cells=_MANY,
    elements=_MANY,
    lines=_MANY,
)


def stream_rows(path: Path, names: Collection[str]) -> Iterator[Row]:
    """Yield the rows of a file's tables, the cells of the columns of some names, in lower case.

    Raises InvalidRequest, naming file and line, for a file that cannot be read or has none of the columns.
    """
    wanted = _Selection(names)
    try:
        yield from _rows(path, wanted)
    except InvalidRequest as error:
        raise _naming_file(path, error) from None
    if not wanted.found:
        have = ", ".join(name[:40] for name in wanted.names[:20]) or "none"
        raise InvalidRequest(f"{path}: no column is of a known name; the columns are {have}")


class _Selection:
    """Selects columns by name, and remembers whether there was one."""

    def __init__(self, names: Collection[str]) -> None:
        self._wanted = frozenset(names)
        self.found = False
        self.names: tuple[str, ...] = ()

    def __call__(self, header: Header) -> Mapping[int, CellKind]:
        self.names = self.names or header.names
        chosen = {i: CellKind() for i, name in enumerate(header.names) if name.lower() in self._wanted}
        self.found = self.found or bool(chosen)
        return chosen


def _naming_file(path: Path, error: InvalidRequest) -> InvalidRequest:
    if not error.errors:
        return InvalidRequest(f"{path}: {error.detail}")
    first = error.errors[0]
    line = f", line {first.line}" if first.line is not None else ""
    return InvalidRequest(f"{path}{line}: {first.rule}", errors=error.errors)


def _rows(path: Path, select: Select) -> Iterator[Row]:
    with path.open("rb") as raw:
        compressed = raw.read(2) == GZIP
    # A GzipFile reads as a BinaryIO does, although its type does not say so.
    with cast(BinaryIO, gzip.open(path)) if compressed else path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        if looks_like_xml(head):
            yield from _of_tables(votable.stream(file, select, BOUNDS))
        elif head.startswith(FITS):
            yield from _of_tables(_fits_tables(file, compressed, select))
        elif head.startswith(ZIP) or _is_read_whole(head.decode("latin-1")):
            yield from _of_tables(read_tables(file.read(), select, BOUNDS).tables)
        else:
            yield from _text_rows(file, head, select)


def _is_read_whole(head: str) -> bool:
    return bars.is_drawn(head) or byte_by_byte.is_byte_by_byte(head) or ds9.is_region_file(head)


def _text_rows(file: BinaryIO, head: bytes, select: Select) -> Iterator[Row]:
    lines = _lines(file, "utf-16" if head[:2] in UTF16_MARKS else "utf-8-sig")
    if ipac.is_ipac(head.decode("utf-8-sig", "replace")):
        yield from _of_rows(ipac.strict_rows(read_layout(lines, BOUNDS), select))
        return
    first = list(islice(lines, HEAD_LINES))
    reader = GridReader(grid_of(first, lines, select, BOUNDS), select, BOUNDS)
    yield from chain.from_iterable(_of_rows(rows) for rows in reader.tables())


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield lines without their ends, none longer than a table's."""
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace")
    number = 0
    while line := text.readline(BOUNDS.line_characters + 2):
        number += 1
        check_line(line.rstrip("\n"), number, BOUNDS)
        yield line.rstrip("\n")


def _fits_tables(file: BinaryIO, compressed: bool, select: Select) -> Iterator[Table]:
    content = file.read() if compressed else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return fits.stream(cast(bytes, content), select, BOUNDS)


def _of_rows(rows: Rows) -> Iterator[Row]:
    names = {index: rows.header.names[index].lower() for index in rows.kinds}
    if names:
        for record in rows.records:
            yield (
                record.line,
                {name: cell_text(record.values[index], number=True) for index, name in names.items()},
            )


def _of_tables(tables: Iterable[Table]) -> Iterator[Row]:
    for table in tables:
        names = [table.header.names[index].lower() for index in table.cells]
        for line, *cells in zip(table.lines, *table.cells.values(), strict=True):
            yield line, dict(zip(names, cells, strict=True))
