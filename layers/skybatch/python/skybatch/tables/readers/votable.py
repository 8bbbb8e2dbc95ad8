"""VOTable documents (IVOA Recommendation VOTable 1.4): the first table, in any serialization.

Read with expat alone: it knows the line of every cell, and fetches nothing. Entity declarations and streams
that point elsewhere are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from skybatch.tables.readers.model import (
    MAX_COLUMNS,
    SERVICE_KEYWORDS,
    ColumnSelection,
    UploadedTable,
    select_columns,
    text_or_null,
    unreadable_table,
)
from skybatch.tables.readers.votable_binary import Field, read_stream
from skybatch.tables.schemas.common import TABLE_MARKER

MAX_LEVELS = 100
FLOATS = frozenset({"float", "double"})


def read(document: bytes, selection: ColumnSelection) -> UploadedTable:
    """Read the selected columns of a document's first table.

    Raises InvalidRequest for XML that is not well formed, holds no table, or points to other documents;
    TooLarge for too many rows.
    """
    content = Content(selection)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = content.start
    parser.EndElementHandler = content.end
    parser.CharacterDataHandler = content.characters
    parser.EntityDeclHandler = refuse_entities
    content.parser = parser
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise unreadable_table(f"the XML is not well formed ({error})") from None
    return content.table()


def refuse_entities(*_: object) -> None:
    """Refuse entities: a small document grows without bound by them, or reads files."""
    raise unreadable_table("entity declarations are not accepted")


class Content:
    """What was found so far, while expat walks the document."""

    def __init__(self, selection: ColumnSelection) -> None:
        self.selection = selection
        self.parser: expat.XMLParserType
        self.keywords: dict[str, str] = {}
        self.fields: list[Field] = []
        self.places: dict[str, int] | None = None
        self.by_index: dict[int, list[str | None]] = {}
        self.columns: dict[str, list[str | None]] = {}
        self.lines: list[int | None] = []
        self.header_line: int | None = None
        self.depth = 0
        self.tables = 0
        self.cell = -1
        self.pieces: list[str] | None = None
        self.encoding = ""
        self.stream: str | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Handle the start of an element; only those of the first table count, and PARAMs."""
        self.depth += 1
        if self.depth > MAX_LEVELS:
            raise unreadable_table("the XML is nested too deep", self.line)
        name = tag.rpartition(" ")[2]
        if name == "TABLE":
            self.tables += 1
        elif name == "PARAM":
            if (keyword := attributes.get("name", "").lower()) in SERVICE_KEYWORDS:
                self.keywords[keyword] = attributes.get("value", "")
        elif self.tables == 1:
            self.start_in_table(name, attributes)

    def start_in_table(self, name: str, attributes: Mapping[str, str]) -> None:
        """Handle FIELD and VALUES (columns), TR and TD (cells), and STREAM (all rows in binary)."""
        if name == "FIELD":
            self.header_line = self.header_line or self.parser.CurrentLineNumber
            self.fields.append(Field.of(attributes))
            if len(self.fields) > MAX_COLUMNS:
                raise unreadable_table(f"there are more than {MAX_COLUMNS} columns", self.line)
        elif name == "VALUES" and self.fields and attributes.get("null") is not None:
            self.fields[-1] = self.fields[-1].with_null(attributes["null"])
        elif name == "TR":
            self.open_row()
        elif name == "TD":
            self.cell += 1
            self.pieces = [] if self.cell in self.by_index else None
        elif name in ("BINARY", "BINARY2", "FITS"):
            self.encoding = name
        elif name == "STREAM":
            if "href" in attributes:
                raise unreadable_table(
                    "the data lie in another document; send them inside the table", self.line
                )
            self.pieces = []

    @property
    def line(self) -> int:
        """Line that expat is on, from 1."""
        return self.parser.CurrentLineNumber

    def open_row(self) -> None:
        """Start a row: every selected cell is null until it is met."""
        if self.places is None:
            self.places = select_columns(
                [field.name for field in self.fields], self.selection, self.header_line
            )
            self.columns = {name: [] for name in self.places}
            self.by_index = {index: self.columns[name] for name, index in self.places.items()}
        self.lines.append(self.line)
        self.selection.check_count(len(self.lines), self.from_service)
        self.cell = -1
        for column in self.by_index.values():
            column.append(None)

    @property
    def from_service(self) -> bool:
        """Whether a PARAM or a field says that we wrote the table."""
        return TABLE_MARKER in self.keywords or any(
            field.name.lower() == TABLE_MARKER for field in self.fields
        )

    def characters(self, text: str) -> None:
        """Handle text of a selected cell or of the stream."""
        if self.pieces is not None:
            self.pieces.append(text)

    def end(self, tag: str) -> None:
        """Handle the end of an element."""
        self.depth -= 1
        name = tag.rpartition(" ")[2]
        if name == "TD" and self.pieces is not None:
            field = self.fields[self.cell]
            text = text_or_null("".join(self.pieces))
            nothing = text == field.null or (field.datatype in FLOATS and (text or "").lower() == "nan")
            self.by_index[self.cell][-1] = None if nothing else text
            self.pieces = None
        elif name == "TR" and self.tables == 1 and self.cell + 1 > len(self.fields):
            rule = f"this row has {self.cell + 1} values for {len(self.fields)} columns"
            raise unreadable_table(rule, self.line)
        elif name == "STREAM" and self.pieces is not None:
            self.stream, self.pieces = "".join(self.pieces), None

    def table(self) -> UploadedTable:
        """Return the first table; raises InvalidRequest if there was none."""
        if not self.fields:
            raise unreadable_table("this XML holds no VOTable with columns")
        names = tuple(field.name for field in self.fields)
        if self.stream is not None and not self.lines:
            return self.from_stream(names)
        columns = self.columns or {
            name: [] for name in select_columns(names, self.selection, self.header_line)
        }
        return UploadedTable("VOTable", names, columns, self.lines, self.header_line, self.keywords)

    def from_stream(self, names: tuple[str, ...]) -> UploadedTable:
        """Return the table whose rows are in binary, and so have no lines."""
        places = select_columns(names, self.selection, self.header_line)
        found = read_stream(
            self.stream or "", self.encoding, self.fields, places, self.selection, self.from_service
        )
        if isinstance(found, UploadedTable):
            return found
        count, columns = found
        return UploadedTable("VOTable", names, columns, [None] * count, self.header_line, self.keywords)
