"""VOTable documents (IVOA Recommendation VOTable 1.5): every table, in any serialization.

Read with expat alone: it knows the line of every cell, and fetches nothing. Document types, entity declarations
and streams that point elsewhere are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
from skybatch.tables.readers.votable_binary import read_stream
from skybatch.tables.readers.votable_fields import Field, Frames

MOST_ELEMENTS = 1_500_000
FLOATS = frozenset({"float", "double", "floatComplex", "doubleComplex"})


def read(document: bytes, select: Select, bounds: Bounds) -> Upload:
    """Read every table of a document.

    Raises InvalidRequest for XML that is not well formed, holds no table, or points to other documents;
    TooLarge for too many rows.
    """
    content = Document(select, bounds)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = content.start
    parser.EndElementHandler = content.end
    parser.CharacterDataHandler = content.characters
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.EntityDeclHandler = refuse_doctype
    content.parser = parser
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise unreadable_table(f"the XML is not well formed ({error})") from None
    if not content.tables:
        raise unreadable_table(content.why_empty())
    return Upload(tuple(content.tables))


def refuse_doctype(*_: object) -> None:
    """Refuse document types: their entities let a small document grow without bound, or read files."""
    raise unreadable_table("document type and entity declarations are not accepted")


@dataclass
class Open:
    """A TABLE while its elements are met."""

    title: str
    fields: list[Field] = field(default_factory=list)
    line: int | None = None
    header: Header | None = None
    kinds: Mapping[int, CellKind] = field(default_factory=dict)
    cells: dict[int, list[str | None]] = field(default_factory=dict)
    lines: list[int | None] = field(default_factory=list)
    rows: int = 0
    cell: int = -1
    stream: str | None = None
    encoding: str = ""


class Document:
    """What was met so far, while expat walks the document."""

    def __init__(self, select: Select, bounds: Bounds) -> None:
        self.select, self.bounds = select, bounds
        self.parser: expat.XMLParserType
        self.tables: list[Table] = []
        self.keywords: dict[str, str] = {}
        self.frames = Frames()
        self.table: Open | None = None
        self.pieces: list[str] | None = None
        self.depth = self.elements = 0
        self.root = ""

    @property
    def line(self) -> int:
        """The line expat is on."""
        return self.parser.CurrentLineNumber

    def why_empty(self) -> str:
        """Say why a document without a table is none."""
        root = self.root.lower()
        if root == "html":
            return "this is a web page; save the table itself"
        return "this XML holds no VOTable with columns"

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Meet the start of an element."""
        self.depth += 1
        self.elements += 1
        if self.depth > self.bounds.nesting:
            raise unreadable_table("the XML is nested too deep", self.line)
        if self.elements > MOST_ELEMENTS:
            raise unreadable_table(
                f"there are more than {MOST_ELEMENTS} XML elements; please split the table"
            )
        name = tag.rpartition(" ")[2]
        self.root = self.root or name
        if name == "TABLE":
            if len(self.tables) >= self.bounds.tables:
                raise unreadable_table(f"there are more than {self.bounds.tables} tables")
            self.table = Open(attributes.get("name") or attributes.get("ID", ""))
        elif name == "PARAM" and attributes.get("name", "").lower() in KEYWORDS:
            self.keywords[attributes["name"].lower()] = attributes.get("value", "")
        elif name in ("COOSYS", "GROUP", "FIELDref", "PARAM"):
            self.frames.note(name, attributes)
        elif self.table is not None:
            self._start_in_table(self.table, name, attributes)

    def _start_in_table(self, table: Open, name: str, attributes: Mapping[str, str]) -> None:
        """FIELD and VALUES describe, TR and TD hold cells, STREAM holds all rows in binary."""
        if name == "TD":
            table.cell += 1
            self.pieces = [] if table.cell in table.cells else None
        elif name == "TR":
            self._open_row(table)
        elif name == "FIELD":
            table.line = table.line or self.line
            table.fields.append(Field.of(attributes))
            self.bounds.check_columns(len(table.fields), self.line)
        elif name == "VALUES" and table.fields and attributes.get("null") is not None:
            table.fields[-1] = table.fields[-1].with_null(attributes["null"])
        elif name in ("BINARY", "BINARY2", "FITS"):
            table.encoding = name
        elif name == "STREAM":
            if "href" in attributes:
                raise unreadable_table(
                    "the data lie in another document; send them inside the table", self.line
                )
            self.pieces = []

    def _open_row(self, table: Open) -> None:
        """A row opens: every wanted cell is null until it is met."""
        header = self._header(table)
        table.rows += 1
        self.bounds.check_rows(table.rows, header, self._rows_before())
        table.cell = -1
        if table.kinds:
            table.lines.append(self.line)
            for column in table.cells.values():
                column.append(None)

    def _rows_before(self) -> int:
        return sum(len(table) for table in self.tables)

    def _header(self, table: Open) -> Header:
        """The table's header, made and looked at once its fields are all known."""
        if table.header is None:
            columns = tuple(self.frames.described(each) for each in table.fields)
            table.header = Header("VOTable", columns, self.keywords, table.line, table.title)
            table.kinds = self.select(table.header)
            table.cells = {index: [] for index in table.kinds}
        return table.header

    def characters(self, text: str) -> None:
        """Meet text, of a wanted cell or of the stream."""
        if self.pieces is not None:
            self.pieces.append(text)

    def end(self, tag: str) -> None:
        """Meet the end of an element."""
        self.depth -= 1
        name = tag.rpartition(" ")[2]
        table = self.table
        if name == "GROUP":
            self.frames.end_group()
        if table is None:
            return
        if name == "TD" and self.pieces is not None:
            self._close_cell(table, "".join(self.pieces))
        elif name == "TR" and table.cell + 1 > len(table.fields):
            rule = f"this row has {table.cell + 1} values for {len(table.fields)} columns"
            raise unreadable_table(rule, self.line)
        elif name == "STREAM" and self.pieces is not None:
            table.stream, self.pieces = "".join(self.pieces), None
        elif name == "TABLE":
            self._close_table(table)

    def _close_cell(self, table: Open, raw: str) -> None:
        each = table.fields[table.cell]
        text = cell_text(raw)
        table.cells[table.cell][-1] = None if text == each.null else text
        self.pieces = None

    def _close_table(self, table: Open) -> None:
        """A table closes; one without columns, as tables that refer to others are, counts for nothing."""
        self.table = None
        if not table.fields:
            return
        header = self._header(table)
        if table.stream is None or table.lines:
            self.tables.append(Table(header, table.cells, table.lines))
            return
        self.tables += read_stream(
            table.stream, table.encoding, table.fields, header, self.select, self.bounds, self._rows_before()
        )
