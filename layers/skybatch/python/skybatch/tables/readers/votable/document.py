"""VOTable documents (IVOA Recommendation VOTable 1.5): every table, in any serialization.

Read with expat alone: it knows the line of every cell, and fetches nothing. Document types, entity
declarations and streams that point elsewhere are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from skybatch.tables.readers.model import (
    KEYWORDS,
    Bounds,
    CellKind,
    Header,
    Select,
    Table,
    Upload,
    cell_text,
    unreadable_table,
)
from skybatch.tables.readers.votable.binary import BinarySource, read_stream
from skybatch.tables.readers.votable.fields import Field, Frames

CHUNK_BYTES = 1 << 20


def read(document: bytes, select: Select, bounds: Bounds) -> Upload:
    """Read every table of a document.

    Raises InvalidRequest for XML that is not well formed, holds no table, or points to other documents;
    TooLarge for too many rows.
    """
    content = Document(select, bounds)
    content.parse(document, final=True)
    return Upload(tuple(content.tables))


def stream(file: BinaryIO, select: Select, bounds: Bounds) -> Iterator[Table]:
    """Yield the rows of the tables of a document as they come, each part of them as a table.

    Rows in a binary serialization are held until their table ends. Raises what `read` does.
    """
    content = Document(select, bounds)
    final = False
    while not final:
        chunk = file.read(CHUNK_BYTES)
        final = not chunk
        content.parse(chunk, final=final)
        yield from content.taken()


@dataclass
class OpenTable:
    """A TABLE while its elements are met.

    Attributes
    ----------
    kinds, cells, lines
        The wanted columns, their cells so far, and the line of each row.
    row, cell, count
        The wanted cells of the row that is open, the index of its last cell, and the number of rows.
    encoding, content
        Name and text of a binary serialization.
    """

    title: str
    fields: list[Field] = field(default_factory=list)
    line: int | None = None
    header: Header | None = None
    kinds: Mapping[int, CellKind] = field(default_factory=dict)
    cells: dict[int, list[str | None]] = field(default_factory=dict)
    lines: list[int | None] = field(default_factory=list)
    row: dict[int, str | None] = field(default_factory=dict)
    row_line: int = 0
    cell: int = -1
    count: int = 0
    encoding: str = ""
    content: str | None = None

    def clear(self) -> None:
        """Let the rows so far go."""
        self.cells, self.lines = {index: [] for index in self.kinds}, []


class Document:
    """What was met so far, while expat walks the document."""

    def __init__(self, select: Select, bounds: Bounds) -> None:
        self.select, self.bounds = select, bounds
        self.tables: list[Table] = []
        self._keywords: dict[str, str] = {}
        self._frames = Frames()
        self._table: OpenTable | None = None
        self._pieces: list[str] | None = None
        self._depth = self._elements = self._describing = self._columns = self._count = self._rows_before = 0
        self._root = ""
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.EntityDeclHandler = self._refuse_doctype

    def parse(self, part: bytes, *, final: bool) -> None:
        """Walk the next part of the document."""
        try:
            self._parser.Parse(part, final)
        except expat.ExpatError as error:
            rule = f"the XML is not well formed ({expat.errors.messages[error.code]})"
            raise unreadable_table(rule, error.lineno) from None
        except (ValueError, LookupError) as error:
            raise unreadable_table(f"the XML is not well formed ({error})") from None
        if final and not self._count:
            raise unreadable_table(self._why_empty())

    def taken(self) -> list[Table]:
        """Take the tables so far, and the rows so far of one that is still open."""
        tables, self.tables = self.tables, []
        table = self._table
        if table is not None and table.header is not None and table.lines:
            tables.append(Table(table.header, table.cells, table.lines))
            table.clear()
        return tables

    def _why_empty(self) -> str:
        """Say why a document without a table is none."""
        if self._root.lower() == "html":
            return "this is a web page; save the table itself"
        return "this XML holds no VOTable with columns"

    # What expat meets

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        table = self._table
        name = tag.rpartition(" ")[2]
        if name == "TD" and table is not None:
            table.cell += 1
            if table.cell >= len(table.fields):
                self._refuse_width(table)
            self._pieces = [] if table.cell in table.kinds else None
            return
        if self._depth > self.bounds.nesting:
            raise unreadable_table("the XML is nested too deep", self._line)
        if name != "TR":
            self._describing += 1
        self.bounds.check_elements(self._elements, self._describing)
        self._root = self._root or name
        if name == "TABLE":
            self._table = OpenTable(attributes.get("name") or attributes.get("ID", ""))
        elif name == "PARAM" and self._is_keyword(attributes):
            self._keywords[attributes["name"].lower()] = attributes.get("value", "")
        elif name in ("COOSYS", "GROUP", "FIELDref", "PARAM"):
            self._frames.note(name, attributes)
        elif table is not None:
            self._start_in_table(table, name, attributes)

    def _is_keyword(self, attributes: Mapping[str, str]) -> bool:
        """Tell whether a PARAM says something of the whole table; one in a group is about its columns."""
        return attributes.get("name", "").lower() in KEYWORDS and not self._frames.in_group

    def _characters(self, text: str) -> None:
        if self._pieces is not None:
            self._pieces.append(text)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        name = tag.rpartition(" ")[2]
        table = self._table
        if name == "GROUP":
            self._frames.end_group()
        if table is None:
            return
        if name == "TD" and self._pieces is not None:
            self._close_cell(table, "".join(self._pieces))
        elif name == "TR":
            self._close_row(table)
        elif name == "STREAM" and self._pieces is not None:
            table.content, self._pieces = "".join(self._pieces), None
        elif name == "TABLE":
            self._close_table(table)

    def _refuse_doctype(self, *_: object) -> None:
        """Refuse document types: their entities let a small document grow without bound, or read files."""
        raise unreadable_table("document type and entity declarations are not accepted", self._line)

    @property
    def _line(self) -> int:
        """The line expat is on."""
        return self._parser.CurrentLineNumber

    # Inside a table

    def _start_in_table(self, table: OpenTable, name: str, attributes: Mapping[str, str]) -> None:
        """Meet FIELD and VALUES, which describe; TR, which holds cells; STREAM, which holds all rows."""
        if name == "TR":
            self._open_row(table)
        elif name == "FIELD":
            table.line = table.line or self._line
            table.fields.append(Field.of(attributes))
            self.bounds.check_columns(len(table.fields), self._line)
        elif name == "VALUES" and table.fields and attributes.get("null") is not None:
            table.fields[-1] = table.fields[-1].with_null(attributes["null"])
        elif name in ("BINARY", "BINARY2", "FITS"):
            table.encoding = name
        elif name == "STREAM":
            if "href" in attributes:
                rule = "the data lie in another document; send them inside the table"
                raise unreadable_table(rule, self._line)
            self._pieces = []

    def _open_row(self, table: OpenTable) -> None:
        header = self._header(table)
        table.count += 1
        if table.kinds:
            self.bounds.check_rows(table.count, header, self._rows_before, len(table.kinds))
        table.cell, table.row, table.row_line = -1, {}, self._line

    def _close_cell(self, table: OpenTable, raw: str) -> None:
        kind = table.kinds[table.cell]
        text = cell_text(raw, number=kind.numeric or kind.word)
        table.row[table.cell] = None if text == table.fields[table.cell].null else text
        self._pieces = None

    def _close_row(self, table: OpenTable) -> None:
        if table.cell + 1 != len(table.fields):
            self._refuse_width(table)
        if table.kinds:
            table.lines.append(table.row_line)
            for index, column in table.cells.items():
                column.append(table.row[index])

    def _refuse_width(self, table: OpenTable) -> NoReturn:
        rule = f"this row has {table.cell + 1} values for {len(table.fields)} columns"
        raise unreadable_table(rule, table.row_line)

    def _header(self, table: OpenTable) -> Header:
        """Make the table's header once its fields are all known, and choose its wanted columns."""
        if table.header is None:
            self._count += 1
            self._columns += len(table.fields)
            self.bounds.check_tables(self._count, self._columns)
            columns = tuple(self._frames.described(each) for each in table.fields)
            table.header = Header("VOTable", columns, self._keywords, table.line, table.title)
            table.kinds = dict(self.select(table.header))
            table.clear()
        return table.header

    def _close_table(self, table: OpenTable) -> None:
        """Keep a table; one without columns, as tables that refer to others are, counts for nothing."""
        self._table = None
        if not table.fields:
            return
        if table.encoding and table.content is None:
            raise unreadable_table(f"there are {table.encoding} data without a STREAM", self._line)
        header = self._header(table)
        self._rows_before += table.count if table.kinds else 0
        if table.content is None:
            self.tables.append(Table(header, table.cells, table.lines))
            return
        source = BinarySource(table.content, table.encoding, table.fields, header, table.kinds)
        found = read_stream(source, self.select, self.bounds, self._rows_before)
        self.tables += found
        self._rows_before += sum(map(len, found))
