"""FITS tables (FITS standard 4.0, section 7): every binary and ASCII table extension of a file.

The headers are read here and the wanted columns taken out of the bytes with numpy, so that nothing is
allocated for what a header merely claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from skybatch.tables.readers.fits.cells import Form, ascii_cells, binary_cells
from skybatch.tables.readers.fits.header import Cards, data_bytes, padded, read_header
from skybatch.tables.readers.model import (
    KEYWORDS,
    Bounds,
    Column,
    Header,
    Select,
    Table,
    Upload,
    unreadable_table,
)
from skybatch.tables.readers.unit_words import named_column

PART_ROWS = 10_000
TABLES = ("BINTABLE", "TABLE", "A3DTABLE")


@dataclass(frozen=True)
class Extension:
    """A table extension: its header, and its rows as bytes."""

    cards: Cards
    title: str
    data: memoryview

    @property
    def rows(self) -> int:
        """The number of rows that the header states."""
        return self.cards.count("NAXIS2")

    @property
    def width(self) -> int:
        """The bytes of a row that the header states."""
        return self.cards.count("NAXIS1")

    @property
    def is_ascii(self) -> bool:
        """Whether the table's numbers are written as text."""
        return self.cards.text("XTENSION") == "TABLE"


def read(content: bytes, select: Select, bounds: Bounds, before: int = 0) -> Upload:
    """Read every table extension of a file; ``before`` counts rows of tables read earlier.

    Raises InvalidRequest for a file without one, a damaged one, or one with columns of variable length;
    TooLarge for too many rows.
    """
    tables: list[Table] = []
    for extension in extensions(content, bounds):
        tables.append(_read_extension(extension, select, bounds, before))
        before += len(tables[-1])
    if not tables:
        raise unreadable_table("this FITS file holds no table")
    return Upload(tuple(tables))


def stream(content: bytes, select: Select, bounds: Bounds) -> Iterator[Table]:
    """Yield the rows of every table extension in parts, each as a table.

    Raises what `read` does.
    """
    count = 0
    for count, extension in enumerate(extensions(content, bounds), 1):  # noqa: B007
        header = header_of(extension, bounds)
        kinds = select(header)
        forms = forms_of(extension, header) if kinds else []
        for first in range(0, extension.rows if kinds else 0, PART_ROWS):
            rows = min(PART_ROWS, extension.rows - first)
            yield Table(header, _cells(extension, first, rows, kinds, forms), [None] * rows)
    if not count:
        raise unreadable_table("this FITS file holds no table")


def extensions(content: bytes, bounds: Bounds) -> Iterator[Extension]:
    """Yield the file's table extensions, one after another."""
    at = number = columns = 0
    while content[at : at + 8] in (b"SIMPLE  ", b"XTENSION"):
        cards, start = read_header(content, at)
        length = data_bytes(cards)
        if start + length > len(content):
            raise unreadable_table("the FITS file ends before its data do")
        if cards.text("XTENSION") in TABLES:
            columns += cards.count("TFIELDS")
            data = memoryview(content)[start : start + length]
            yield Extension(cards, cards.text("EXTNAME") or f"extension {number}", data)
        at, number = start + padded(length), number + 1
        bounds.check_tables(number, columns)


def _read_extension(extension: Extension, select: Select, bounds: Bounds, before: int) -> Table:
    header = header_of(extension, bounds)
    kinds = dict(select(header))
    if not kinds:
        return Table(header)
    bounds.check_rows(extension.rows, header, before, len(kinds))
    cells = _cells(extension, 0, extension.rows, kinds, forms_of(extension, header))
    return Table(header, cells, [None] * extension.rows)


def _cells(
    extension: Extension, first: int, rows: int, kinds: Iterable[int], forms: Sequence[Form]
) -> dict[int, list[str | None]]:
    """Take the wanted cells of some rows."""
    width = extension.width
    data = extension.data[first * width : (first + rows) * width]
    take = ascii_cells if extension.is_ascii else binary_cells
    return {index: take(data, rows, width, forms[index]) for index in kinds}


def header_of(extension: Extension, bounds: Bounds) -> Header:
    """Read what the header says of the table; raises InvalidRequest for more rows than the file has."""
    cards = extension.cards
    fields = cards.count("TFIELDS")
    bounds.check_columns(fields)
    if extension.rows * extension.width > len(extension.data):
        raise unreadable_table("the FITS file ends before its table does")
    columns = tuple(_column(cards, number) for number in range(1, fields + 1))
    keywords = {name: cards.text(name.upper()) for name in KEYWORDS if name.upper() in cards.values}
    return Header("FITS table", columns, keywords, None, extension.title)


def _column(cards: Cards, number: int) -> Column:
    column = named_column(
        cards.text(f"TTYPE{number}") or f"col{number}",
        ucd=cards.text(f"TUCD{number}") or None,
        datatype=cards.text(f"TFORM{number}") or None,
    )
    unit = cards.text(f"TUNIT{number}")
    return replace(column, unit=unit) if unit else column


def forms_of(extension: Extension, header: Header) -> list[Form]:
    """Read how each column lies in a row; raises InvalidRequest where the columns do not fill it."""
    forms: list[Form] = []
    end = 0
    for number, column in enumerate(header.columns, 1):
        read_form = Form.of_ascii if extension.is_ascii else Form.of_binary
        forms.append(read_form(extension.cards, number, column.name, end))
        end = forms[-1].start + forms[-1].bytes
        if end > extension.width:
            raise unreadable_table("the FITS table's columns do not fit into its rows")
    if not extension.is_ascii and end != extension.width:
        raise unreadable_table("the FITS table's columns do not fill its rows")
    return forms
