"""FITS tables (FITS standard 4.0, section 7): every binary and ASCII table extension of a file.

The headers are read here and the wanted columns taken out of the bytes with numpy, so that nothing is allocated
for what a header merely claims.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skybatch.tables.readers.fits_cells import Form, ascii_cells, binary_cells
from skybatch.tables.readers.fits_header import Cards, data_bytes, padded, read_header
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


@dataclass(frozen=True)
class Extension:
    """A table extension: its cards, and where its data begin."""

    cards: Cards
    start: int
    title: str


def read(content: bytes, select: Select, bounds: Bounds, before: int = 0) -> Upload:
    """Read every table extension of a file.

    Raises InvalidRequest for a file without one, a damaged one, or one with columns of variable length;
    TooLarge for too many rows.
    """
    tables: list[Table] = []
    for extension in _extensions(content, bounds):
        tables.append(_read_extension(content, extension, select, bounds, before))
        before += len(tables[-1])
    if not tables:
        raise unreadable_table("this FITS file holds no table")
    return Upload(tuple(tables))


def _extensions(content: bytes, bounds: Bounds) -> Iterator[Extension]:
    """The file's table extensions, one after another."""
    at = number = 0
    while at < len(content) and content[at : at + 8] in (b"SIMPLE  ", b"XTENSION"):
        cards, start = read_header(content, at)
        if cards.text("XTENSION") in ("BINTABLE", "TABLE", "A3DTABLE"):
            title = cards.text("EXTNAME") or f"extension {number}"
            yield Extension(cards, start, title)
        length = data_bytes(cards)
        if start + length > len(content):
            raise unreadable_table("the FITS file ends before its data do")
        at, number = start + padded(length), number + 1
        if number > bounds.tables:
            raise unreadable_table(f"there are more than {bounds.tables} extensions")


def _read_extension(
    content: bytes, extension: Extension, select: Select, bounds: Bounds, before: int
) -> Table:
    cards = extension.cards
    rows, width, fields = (cards.count(name) for name in ("NAXIS2", "NAXIS1", "TFIELDS"))
    bounds.check_columns(fields)
    if extension.start + rows * width > len(content):
        raise unreadable_table("the FITS file ends before its table does")
    columns = tuple(_column(cards, number) for number in range(1, fields + 1))
    keywords = {name: cards.text(name.upper()) for name in KEYWORDS if name.upper() in cards.values}
    header = Header("FITS table", columns, keywords, None, extension.title)
    bounds.check_rows(rows, header, before)
    ascii_table = cards.text("XTENSION") == "TABLE"
    forms = _forms(cards, columns, width, ascii_table)
    kinds = dict(select(header))
    data = memoryview(content)[extension.start : extension.start + rows * width]
    take = ascii_cells if ascii_table else binary_cells
    cells = {index: take(data, rows, width, forms[index]) for index in kinds}
    return Table(header, cells, [None] * (rows if kinds else 0))


def _column(cards: Cards, number: int) -> Column:
    column = named_column(
        cards.text(f"TTYPE{number}") or f"col{number}",
        ucd=cards.text(f"TUCD{number}") or None,
        datatype=cards.text(f"TFORM{number}") or None,
    )
    unit = cards.text(f"TUNIT{number}")
    return column if not unit else Column(column.name, unit, column.ucd, column.datatype)


def _forms(cards: Cards, columns: Sequence[Column], width: int, ascii_table: bool) -> list[Form]:
    """How each column lies in a row, held against the row's width."""
    forms: list[Form] = []
    for number, column in enumerate(columns, 1):
        read_form = Form.of_ascii if ascii_table else Form.of_binary
        start = forms[-1].start + forms[-1].bytes if forms else 0
        forms.append(read_form(cards, number, column.name, start))
        if forms[-1].start + forms[-1].bytes > width:
            raise unreadable_table("the FITS table's columns do not fit into its rows")
    if not ascii_table and forms and forms[-1].start + forms[-1].bytes != width:
        raise unreadable_table("the FITS table's columns do not fill its rows")
    return forms
