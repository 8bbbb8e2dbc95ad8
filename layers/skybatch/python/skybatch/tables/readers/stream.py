"""The rows of an operator's metadata table, streamed from IPAC ASCII, CSV, TSV or VOTable files of any size.

Each row is its line in the file and its cells as text by lower-case column name; empty cells and ``null``
are None. The format is detected by the content; a gzip file is read as what it holds.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from skybatch.errors import InvalidRequest

Cells = dict[str, str | None]
Row = tuple[int, Cells]

CHUNK_BYTES = 1 << 20
NULLS = {"", "null"}


def stream_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a table; raises InvalidRequest, naming file and line, for one that cannot be read."""
    with path.open("rb") as raw:
        compressed = raw.read(2) == b"\x1f\x8b"
    with gzip.open(path) if compressed else path.open("rb") as file:
        first = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
        file.seek(0)
        if first.startswith(b"<"):
            yield from _votable(file, path)
            return
        lines = (line.decode("latin-1").rstrip("\r\n") for line in file)
        yield from _ipac(lines, path) if first[:1] in (b"\\", b"|") else _delimited(lines, path)


def refused(path: Path, line: int, why: str) -> InvalidRequest:
    """Return the error for a table that cannot be read on from a line."""
    return InvalidRequest(f"{path}, line {line}: {why}")


def _cells(names: list[str], values: list[str]) -> Cells:
    texts = (value.strip() for value in values)
    return {name: None if text.lower() in NULLS else text for name, text in zip(names, texts, strict=True)}


def _ipac(lines: Iterator[str], path: Path) -> Iterator[Row]:
    """Fixed-width columns between the bars of the header line."""
    names: list[str] = []
    edges: list[int] = []
    for number, line in enumerate(lines, 1):
        if not names and line.startswith("|"):
            edges = [place for place, character in enumerate(line) if character == "|"]
            names = [name.strip().lower() for name in line.strip().strip("|").split("|")]
            if len(names) != len(edges) - 1:
                raise refused(path, number, "the header line must begin and end with a bar")
        elif line.startswith(("\\", "|")) or not line.strip():
            continue
        elif not names:
            raise refused(path, number, "data before the header line with the column names")
        else:
            yield number, _cells(names, _between(line, edges, path, number))


def _between(line: str, edges: list[int], path: Path, number: int) -> list[str]:
    for edge in edges[:-1]:
        if line[edge : edge + 1].strip():
            raise refused(path, number, f"text below the bar in column {edge + 1}: the row is not aligned")
    stops = [*edges[1:-1], None]
    return [line[start:stop] for start, stop in zip(edges[:-1], stops, strict=True)]


def _delimited(lines: Iterator[str], path: Path) -> Iterator[Row]:
    """CSV, or TSV where the first line has tabs."""
    head = next(lines, "").lstrip("\xef\xbb\xbf")
    delimiter = "\t" if "\t" in head else ","
    names = [name.strip().lower() for name in next(csv.reader([head], delimiter=delimiter), [])]
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for values in reader:
            number = reader.line_num + 1
            if not values:
                continue
            if len(values) != len(names):
                raise refused(path, number, f"{len(values)} cells under {len(names)} columns")
            yield number, _cells(names, values)
    except csv.Error as error:
        raise refused(path, reader.line_num + 1, str(error)) from error


def _votable(file: BinaryIO | gzip.GzipFile, path: Path) -> Iterator[Row]:
    table = _FirstTable(path)
    try:
        while not table.complete and (chunk := file.read(CHUNK_BYTES)):
            table.parser.Parse(chunk, False)
            yield from table.taken()
        if not table.complete:
            table.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise refused(path, error.lineno, f"not well-formed: {expat.errors.messages[error.code]}") from error
    yield from table.taken()


class _FirstTable:
    """Collects fields and TABLEDATA rows of the first table of a document as a parser goes along."""

    def __init__(self, path: Path) -> None:
        self.complete = False
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self._path = path
        self._names: list[str] = []
        self._values: list[str] = []
        self._cell: list[str] | None = None
        self._rows: list[Row] = []
        self._line = 0

    def taken(self) -> list[Row]:
        """Return the rows since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = name.rsplit(":", 1)[-1]
        if self.complete:
            return
        if element == "FIELD":
            self._names.append(attributes.get("name", "").lower())
        elif element == "TR":
            self._line, self._values = self.parser.CurrentLineNumber, []
        elif element == "TD":
            self._cell = []
        elif element in ("BINARY", "BINARY2", "FITS"):
            raise self._refused(f"{element} data; only TABLEDATA is read")

    def _end(self, name: str) -> None:
        element = name.rsplit(":", 1)[-1]
        if self.complete:
            return
        if element == "TD" and self._cell is not None:
            self._values.append("".join(self._cell))
            self._cell = None
        elif element == "TR":
            if len(self._values) != len(self._names):
                raise self._refused(f"{len(self._values)} cells under {len(self._names)} fields")
            self._rows.append((self._line, _cells(self._names, self._values)))
        elif element == "TABLE":
            self.complete = True

    def _text(self, text: str) -> None:
        if self._cell is not None:
            self._cell.append(text)

    def _entity(self, *declaration: object) -> None:
        # A few lines of nested entities can expand without end; no table needs them.
        raise self._refused("entities of its own")

    def _refused(self, why: str) -> InvalidRequest:
        return refused(self._path, self.parser.CurrentLineNumber, why)
