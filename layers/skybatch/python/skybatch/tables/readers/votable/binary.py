"""The binary serializations of a VOTable (VOTable 1.5, sections 5.2 to 5.4): FITS, BINARY and BINARY2.

Decoded here, rather than through a library that first allocates what a header claims: nothing is ever larger
than the bytes that were sent, and the layout of a row is worked out once.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from skybatch.tables.readers.fits import extensions as fits
from skybatch.tables.readers.model import (
    Bounds,
    CellKind,
    Header,
    Select,
    Table,
    cell_text,
    unreadable_table,
)
from skybatch.tables.readers.votable.fields import Field

# Bytes of one element (VOTable 1.5, section 2.1); eight bits share a byte.
ELEMENT_BYTES = {
    "boolean": 1,
    "unsignedByte": 1,
    "short": 2,
    "int": 4,
    "long": 8,
    "char": 1,
    "unicodeChar": 2,
    "float": 4,
    "double": 8,
    "floatComplex": 8,
    "doubleComplex": 16,
}
SCALARS = {"unsignedByte": ">B", "short": ">h", "int": ">i", "long": ">q", "float": ">f", "double": ">d"}
_LOGICAL = {b"T": "y", b"t": "y", b"1": "y", b"F": "n", b"f": "n", b"0": "n"}
_COUNT = struct.Struct(">i")
_CUT_SHORT = "the binary data end within a row"
_WHITESPACE = b" \t\r\n"


@dataclass(frozen=True)
class BinarySource:
    """The text of a STREAM, and the table it belongs to; ``kinds`` are its wanted columns."""

    text: str
    encoding: str
    fields: Sequence[Field]
    header: Header
    kinds: Mapping[int, CellKind]

    @property
    def content(self) -> bytes:
        """The decoded bytes; raises InvalidRequest for what is not base64."""
        try:
            return base64.b64decode(self.text.encode("ascii").translate(None, _WHITESPACE), validate=True)
        except (binascii.Error, ValueError):
            raise unreadable_table("the binary data are not base64") from None


@dataclass(frozen=True)
class Layout:
    """How a column lies in a row: ``bits`` of its fixed items, times a count before them if ``variable``."""

    field: Field
    bits: int
    variable: bool

    @classmethod
    def of(cls, field: Field) -> Layout:
        """Work out a column's layout; raises InvalidRequest for one that makes no sense or holds nothing."""
        name = field.name[:40]
        if field.datatype not in ELEMENT_BYTES and field.datatype != "bit":
            raise unreadable_table(f"{field.datatype[:40]!r} of column {name} is no datatype of VOTable")
        dimensions = field.arraysize[:1000].split("x") if field.arraysize else ["1"]
        variable = dimensions[-1].endswith("*")
        # The last dimension may state a maximum before its asterisk.
        fixed = dimensions[:-1] if variable else dimensions
        if not all(each.isdecimal() and len(each) < 10 for each in fixed):
            raise unreadable_table(f"the arraysize {field.arraysize[:40]!r} of column {name} makes no sense")
        items = math.prod(int(each) for each in fixed)
        if not items:
            raise unreadable_table(f"the column {name} has cells of no width")
        return cls(field, items * (8 * ELEMENT_BYTES.get(field.datatype, 0) or 1), variable)

    def bytes(self, count: int = 1) -> int:
        """Return the bytes of a cell of ``count`` times the fixed items."""
        return (self.bits * count + 7) // 8


@dataclass(frozen=True)
class Step:
    """A part of a row: so many bytes to pass over, then one cell.

    ``wanted`` tells whether the cell is decoded.
    """

    index: int
    skipped: int
    layout: Layout
    wanted: bool


def read_stream(source: BinarySource, select: Select, bounds: Bounds, before: int) -> list[Table]:
    """Read a base64 stream; a FITS stream has tables of its own.

    Raises InvalidRequest for data that do not fit the table's columns, TooLarge for too many rows.
    """
    if source.encoding == "FITS":
        return list(fits.read(source.content, select, bounds, before).tables)
    layouts = [Layout.of(each) for each in source.fields]
    if not source.kinds:
        return [Table(source.header)]
    cells: dict[int, list[str | None]] = {index: [] for index in source.kinds}
    count = 0
    for row in _rows(source.content, layouts, set(cells), source.encoding == "BINARY2"):
        count += 1
        bounds.check_rows(count, source.header, before, len(cells))
        for index, cell in row:
            cells[index].append(cell)
    return [Table(source.header, cells, [None] * count)]


def _rows(
    content: bytes, layouts: Sequence[Layout], wanted: set[int], has_flags: bool
) -> Iterator[list[tuple[int, str | None]]]:
    """Yield the wanted cells of each row; a bit for each column, set for null, may stand before them."""
    flag_bytes = (len(layouts) + 7) // 8 if has_flags else 0
    steps, tail = _steps(layouts, wanted)
    at = 0
    while at < len(content):
        flags = content[at : at + flag_bytes]
        row, at = _read_row(content, at + flag_bytes, flags, steps)
        at += tail
        if at > len(content):
            raise unreadable_table(_CUT_SHORT)
        yield row


def _steps(layouts: Sequence[Layout], wanted: set[int]) -> tuple[list[Step], int]:
    """Put columns of fixed width that are not wanted together, to be passed over at once."""
    steps, skipped = [], 0
    for index, layout in enumerate(layouts):
        if index in wanted or layout.variable:
            steps.append(Step(index, skipped, layout, index in wanted))
            skipped = 0
        else:
            skipped += layout.bytes()
    return steps, skipped


def _read_row(
    content: bytes, at: int, flags: bytes, steps: Sequence[Step]
) -> tuple[list[tuple[int, str | None]], int]:
    """Read one row: its wanted cells, and where it ends."""
    row: list[tuple[int, str | None]] = []
    size = len(content)
    for step in steps:
        at += step.skipped
        length = 1
        if step.layout.variable:
            if at + 4 > size:
                raise unreadable_table(_CUT_SHORT)
            (length,) = _COUNT.unpack_from(content, at)
            at += 4
        end = at + (step.layout.bits * length + 7) // 8
        if length < 0 or end > size:
            raise unreadable_table(_CUT_SHORT)
        if step.wanted:
            null = flags and flags[step.index // 8] >> (7 - step.index % 8) & 1
            row.append((step.index, None if null else decoded(content[at:end], step.layout.field)))
        at = end
    return row, at


def decoded(content: bytes, field: Field) -> str | None:
    """Return a cell as text; None for null, NaN, and what is no single value."""
    if field.datatype == "char":
        return cell_text(content.partition(b"\0")[0].decode("utf-8", errors="replace"))
    if field.datatype == "unicodeChar":
        return cell_text(content.decode("utf-16-be", errors="replace").partition("\0")[0])
    if field.datatype == "boolean":
        return _LOGICAL.get(content)
    form = SCALARS.get(field.datatype)
    if form is None or len(content) != struct.calcsize(form):
        return None
    (value,) = struct.unpack(form, content)
    if value != value or str(value) == field.null:
        return None
    return shortest_single(value) if field.datatype == "float" else repr(value)


def shortest_single(value: float) -> str:
    """Return the shortest decimal that a 32-bit number prints as, which is what its author saw."""
    for digits in range(6, 10):
        text = f"{value:.{digits}g}"
        if _single(float(text)) == value:
            return text
    return repr(value)


def _single(value: float) -> float:
    """Round to the nearest 32-bit number; infinity beyond their range."""
    try:
        (rounded,) = struct.unpack(">f", struct.pack(">f", value))
    except OverflowError:
        return math.inf
    return float(rounded)
