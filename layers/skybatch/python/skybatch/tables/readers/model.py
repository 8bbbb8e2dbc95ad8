"""Tables of text as the readers return them, with all that a file says about its columns.

Readers know nothing of meaning. Which columns are wanted is decided by a `Select` function once a table's
header is known, before any of its cells are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from skybatch.errors import CellError, InvalidRequest, TooLarge
from skybatch.tables.schemas.marker import TABLE_MARKER

# The kind of a list whose columns the reader had to name itself.
HEADERLESS = "list without a header"
# Keywords and PARAMs that a header keeps: the marker and what may hold for all rows of one of our tables,
# and what may name the frame of all positions.
KEYWORDS = frozenset(
    {TABLE_MARKER, "dataset", "form", "survey", "equinox", "radesys", "radecsys", "coosys", "csys"}
)
# Cells that say nothing, in lower case; the further ones only where numbers or words of a list are expected,
# since elsewhere they may be a name or an id.
NULL_WORDS = frozenset({"", "null", "--", "---"})
NULL_NUMBERS = NULL_WORDS | {"nan", "none", "masked", "n/a", "<na>", "indef"}


@dataclass(frozen=True)
class Column:
    """A column as its file describes it; None where the file says nothing.

    Attributes
    ----------
    name
        As written, without a unit or an equinox in brackets behind it.
    unit, ucd, datatype
        As written (TUNIT, VOTable ``unit``, an IPAC units line, ``ra [deg]`` ...).
    system, equinox
        Coordinate system and equinox that the file gives for this column (COOSYS and its kin). An epoch is a
        time of observation and never stands here.
    """

    name: str
    unit: str | None = None
    ucd: str | None = None
    datatype: str | None = None
    system: str | None = None
    equinox: str | None = None


@dataclass(frozen=True)
class Header:
    """What a file says of one of its tables before the rows.

    ``kind`` is the format in words; ``keywords`` holds those of `KEYWORDS`, names in lower case; ``line`` is
    where the column names stand; ``title`` names a table among several.
    """

    kind: str
    columns: tuple[Column, ...]
    keywords: Mapping[str, str] = field(default_factory=dict)
    line: int | None = None
    title: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, as written."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def marked(self) -> bool:
        """Whether the table says that this service wrote it."""
        return TABLE_MARKER in self.keywords or any(n.lower() == TABLE_MARKER for n in self.names)


@dataclass(frozen=True)
class CellKind:
    """What holds for all cells of a column: ``word``, none has a blank; ``numeric``, all are numbers."""

    word: bool = False
    numeric: bool = False


Select = Callable[[Header], Mapping[int, CellKind]]
"""Which columns are wanted, by index, and what their cells are like."""


@dataclass(frozen=True)
class Record:
    """The cells of one row, and the line where it stands; ``gap``: a blank or comment line stands before."""

    values: Sequence[str]
    line: int | None
    gap: bool = False


@dataclass(frozen=True)
class Rows:
    """One table while it is read: its header, the wanted columns, and its rows as they come."""

    header: Header
    kinds: Mapping[int, CellKind]
    records: Iterator[Record]


@dataclass(frozen=True)
class Table:
    """One table of an upload: ``cells`` has for each wanted column its cells, one a row, None for null.

    ``lines`` gives the line of each row, None in binary formats. A table without a wanted column keeps
    neither.
    """

    header: Header
    cells: Mapping[int, Sequence[str | None]] = field(default_factory=dict)
    lines: Sequence[int | None] = ()

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class Upload:
    """All tables of an uploaded file in their order, and notices of what was guessed or left out."""

    tables: tuple[Table, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bounds:
    """The most that an upload may hold; checked before anything is kept.

    Attributes
    ----------
    rows, marked_rows
        Of tables of others, and of those that carry this service's marker.
    inflated_bytes
        Of a gzip file or a workbook.
    columns, all_columns, tables
        Columns of a table, columns of all tables of a file, and tables of a file.
    cells, kept_cells
        Rows times columns of a table, all columns and those that are wanted.
    nesting, elements, describing_elements
        Of XML; those that describe are all but rows and cells.
    spanned_cells
        Of the rectangles that the sheets of a workbook span, empty cells too.
    lines, line_characters
        Of text.
    """

    rows: int
    marked_rows: int
    inflated_bytes: int
    columns: int = 999
    all_columns: int = 20_000
    cells: int = 5_000_000
    kept_cells: int = 2_000_000
    tables: int = 100
    nesting: int = 50
    elements: int = 1_500_000
    describing_elements: int = 100_000
    spanned_cells: int = 1_000_000
    lines: int = 1_000_000
    line_characters: int = 200_000

    def check_columns(self, count: int, line: int | None = None) -> None:
        """Raise InvalidRequest for more columns than any table has."""
        if count > self.columns:
            raise unreadable_table(f"there are more than {self.columns} columns", line)

    def check_tables(self, count: int, columns: int = 0) -> None:
        """Raise InvalidRequest for more tables, or columns of all of them, than one file may hold."""
        if count > self.tables:
            raise unreadable_table(f"there are more than {self.tables} tables")
        if columns > self.all_columns:
            raise unreadable_table(f"the tables of the file have more than {self.all_columns} columns")

    def check_elements(self, count: int, describing: int = 0) -> None:
        """Raise TooLarge for more XML elements than one file may hold."""
        if count > self.elements:
            raise TooLarge(f"The table has more than {self.elements} XML elements; please split it.")
        if describing > self.describing_elements:
            most = self.describing_elements
            raise TooLarge(f"More than {most} XML elements describe the table; please split it.")

    def check_rows(self, count: int, header: Header, before: int = 0, wanted: int = 1) -> None:
        """Raise TooLarge for more rows or cells than one request may have.

        ``before`` counts the rows of the file's earlier tables, ``wanted`` the columns that are kept.
        """
        most = self.marked_rows if header.marked else self.rows
        if before + count > most:
            raise TooLarge(
                f"The table has more than {most} rows; please split it into tables of at most {most} rows."
            )
        if count * len(header.columns) > self.cells:
            raise TooLarge(f"The table has more than {self.cells} cells; please send fewer columns or rows.")
        if count * wanted > self.kept_cells:
            raise TooLarge(
                f"More than {self.kept_cells} cells would be used; please send fewer columns or rows."
            )


def cell_text(cell: str, *, number: bool = False) -> str | None:
    """Give the cell without blanks around it; None for `NULL_WORDS`, for a ``number`` for `NULL_NUMBERS`."""
    text = cell.strip()
    return None if text.lower() in (NULL_NUMBERS if number else NULL_WORDS) else text


def collect(rows: Rows, bounds: Bounds, before: int = 0) -> Table:
    """Keep the wanted cells of a table's rows; raises TooLarge.

    The rows of a table in which nothing is wanted are neither kept nor counted.
    """
    if not rows.kinds:
        return Table(rows.header)
    cells: dict[int, list[str | None]] = {index: [] for index in rows.kinds}
    numbers = {index: kind.numeric or kind.word for index, kind in rows.kinds.items()}
    lines: list[int | None] = []
    for record in rows.records:
        lines.append(record.line)
        bounds.check_rows(len(lines), rows.header, before, len(cells))
        for index, column in cells.items():
            column.append(cell_text(record.values[index], number=numbers[index]))
    return Table(rows.header, cells, lines)


def unreadable_table(
    rule: str, line: int | None = None, *, column: str = "table", value: str = ""
) -> InvalidRequest:
    """Make the error for a table whose shape, rather than one of its values, is wrong."""
    error = CellError(column, value, rule, line)
    place = f"In line {line} of the table " if line is not None else "In the table "
    return InvalidRequest(f"{place}{rule}.", errors=[error])
