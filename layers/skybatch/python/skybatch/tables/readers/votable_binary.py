"""The binary serializations of a VOTable (VOTable 1.4, sections 5.2 to 5.4): FITS, BINARY and BINARY2.

Decoded here, rather than through a library that first allocates what a header claims: nothing is ever
larger than the bytes that were sent.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from skybatch.tables.readers import fits
from skybatch.tables.readers.model import ColumnSelection, UploadedTable, text_or_null, unreadable_table

# Bytes of one element (VOTable 1.4, section 2.1); eight bits share a byte.
SIZES = {
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


@dataclass(frozen=True)
class Field:
    """A column as its FIELD element describes it."""

    name: str
    datatype: str
    arraysize: str
    null: str | None = None

    @classmethod
    def of(cls, attributes: Mapping[str, str]) -> Field:
        """Return the column of the element's attributes; one without a name goes by its ID."""
        name = attributes.get("name") or attributes.get("ID", "")
        return cls(name.strip(), attributes.get("datatype", "char"), attributes.get("arraysize", "").strip())

    def with_null(self, null: str) -> Field:
        """Return the column with its null value."""
        return replace(self, null=null)


class Stream:
    """Bytes taken from the front."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    @property
    def left(self) -> int:
        """Number of bytes left."""
        return len(self.content) - self.at

    def take(self, count: int) -> bytes:
        """Take the next ``count`` bytes; raises InvalidRequest if there are fewer."""
        if not 0 <= count <= self.left:
            raise unreadable_table("the binary data end within a row")
        self.at += count
        return self.content[self.at - count : self.at]


def read_stream(
    text: str,
    encoding: str,
    fields: Sequence[Field],
    places: Mapping[str, int],
    selection: ColumnSelection,
    from_service: bool,
) -> tuple[int, dict[str, list[str | None]]] | UploadedTable:
    """Read row count and selected columns of a base64 stream; a FITS stream gives its own table."""
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise unreadable_table("the binary data are not base64") from None
    if encoding == "FITS":
        return fits.read(content, selection)
    stream = Stream(content)
    columns: dict[str, list[str | None]] = {name: [] for name in places}
    by_index = {index: columns[name] for name, index in places.items()}
    count = 0
    while stream.left:
        count += 1
        selection.check_count(count, from_service)
        read_row(stream, fields, by_index, flagged=encoding == "BINARY2")
    return count, columns


def read_row(
    stream: Stream, fields: Sequence[Field], by_index: Mapping[int, list[str | None]], *, flagged: bool
) -> None:
    """Read one row; with BINARY2 a bit for each column, set for null, goes before it."""
    before = stream.left
    flags = stream.take((len(fields) + 7) // 8) if flagged else b""
    for index, field in enumerate(fields):
        content = stream.take(field_bytes(stream, field))
        if index in by_index:
            null = flagged and flags[index // 8] >> (7 - index % 8) & 1
            by_index[index].append(None if null else decoded(content, field))
    if stream.left == before:
        raise unreadable_table("the columns hold no data")


def field_bytes(stream: Stream, field: Field) -> int:
    """Return the length of the next cell; a variable one carries its count before it (section 5.3)."""
    dimensions = field.arraysize.split("x") if field.arraysize else ["1"]
    fixed = [d for d in dimensions if not d.endswith("*")]
    if len(fixed) < len(dimensions) - 1 or not all(d.isdecimal() and len(d) < 10 for d in fixed):
        raise unreadable_table(
            f"the arraysize {field.arraysize[:40]!r} of column {field.name[:40]} makes no sense"
        )
    count = math.prod(int(d) for d in fixed)
    if len(fixed) < len(dimensions):
        count *= int.from_bytes(stream.take(4), "big", signed=True)
    if field.datatype == "bit":
        return (count + 7) // 8
    if field.datatype not in SIZES:
        raise unreadable_table(
            f"{field.datatype[:40]!r} of column {field.name[:40]} is no datatype of VOTable"
        )
    return count * SIZES[field.datatype]


def decoded(content: bytes, field: Field) -> str | None:
    """Decode a cell to text; None for null, NaN, and what is no single value."""
    if field.datatype == "char":
        return text_or_null(content.partition(b"\0")[0].decode("utf-8", errors="replace"))
    if field.datatype == "unicodeChar":
        return text_or_null(content.decode("utf-16-be", errors="replace").partition("\0")[0])
    if field.datatype == "boolean":
        return {b"T": "y", b"t": "y", b"1": "y", b"F": "n", b"f": "n", b"0": "n"}.get(content)
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
        if single(float(text)) == value:
            return text
    return repr(value)


def single(value: float) -> float:
    """Return the nearest 32-bit number; infinity beyond its range."""
    try:
        (rounded,) = struct.unpack(">f", struct.pack(">f", value))
    except OverflowError:
        return math.inf
    return float(rounded)
