"""The binary serializations of a VOTable (VOTable 1.5, sections 5.2 to 5.4): FITS, BINARY and BINARY2.

Decoded here, rather than through a library that first allocates what a header claims: nothing is ever larger
than the bytes that were sent, and the layout of a row is worked out once.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from skybatch.tables.readers import fits
from skybatch.tables.readers.model import Bounds, Header, Select, Table, cell_text, unreadable_table
from skybatch.tables.readers.votable_fields import Field

# Bytes of one element (VOTable 1.5, section 2.1); eight bits share a byte.
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
_COUNT = struct.Struct(">i")


@dataclass(frozen=True)
class Layout:
    """How a column lies in a row: ``items`` of ``bits`` each, times a count before them where ``variable``."""

    field: Field
    items: int
    bits: int
    variable: bool

    @classmethod
    def of(cls, field: Field) -> Layout:
        """Work out a column's layout; raises InvalidRequest for one that makes no sense or holds nothing."""
        name = field.name[:40]
        if field.datatype not in SIZES and field.datatype != "bit":
            raise unreadable_table(f"{field.datatype[:40]!r} of column {name} is no datatype of VOTable")
        dimensions = field.arraysize.split("x") if field.arraysize else ["1"]
        fixed = [d for d in dimensions if not d.endswith("*")]
        if len(fixed) < len(dimensions) - 1 or not all(d.isdecimal() and len(d) < 10 for d in fixed):
            raise unreadable_table(f"the arraysize {field.arraysize[:40]!r} of column {name} makes no sense")
        items = math.prod(int(d) for d in fixed)
        if not items:
            raise unreadable_table(f"the column {name} has cells of no width")
        bits = 1 if field.datatype == "bit" else 8 * SIZES[field.datatype]
        return cls(field, items, bits, len(fixed) < len(dimensions))

    def bytes(self, count: int) -> int:
        """Give the bytes of a cell of ``count`` times the fixed items."""
        return (self.items * count * self.bits + 7) // 8


def read_stream(
    text: str,
    encoding: str,
    fields: Sequence[Field],
    header: Header,
    select: Select,
    bounds: Bounds,
    before: int,
) -> list[Table]:
    """Read a base64 stream; a FITS stream gives its own tables."""
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise unreadable_table("the binary data are not base64") from None
    if encoding == "FITS":
        return list(fits.read(content, select, bounds, before).tables)
    layouts = [Layout.of(field) for field in fields]
    wanted = dict(select(header))
    cells: dict[int, list[str | None]] = {index: [] for index in wanted}
    flag_bytes = (len(fields) + 7) // 8 if encoding == "BINARY2" else 0
    at = count = 0
    while at < len(content):
        count += 1
        bounds.check_rows(count, header, before)
        at = _read_row(content, at, flag_bytes, layouts, cells)
    return [Table(header, cells, [None] * (count if wanted else 0))]


def _read_row(
    content: bytes, at: int, flag_bytes: int, layouts: Sequence[Layout], cells: dict[int, list[str | None]]
) -> int:
    """One row; with BINARY2 a bit for each column, set for null, stands before it. Gives the row's end."""
    flags = content[at : at + flag_bytes]
    at += flag_bytes
    for index, layout in enumerate(layouts):
        length = 1
        if layout.variable:
            if at + _COUNT.size > len(content):
                raise unreadable_table("the binary data end within a row")
            (length,) = _COUNT.unpack_from(content, at)
            at += _COUNT.size
        end = at + layout.bytes(length)
        if length < 0 or end > len(content):
            raise unreadable_table("the binary data end within a row")
        if index in cells:
            null = flags and flags[index // 8] >> (7 - index % 8) & 1
            cells[index].append(None if null else decoded(content[at:end], layout.field))
        at = end
    return at


def decoded(content: bytes, field: Field) -> str | None:
    """Give a cell as text; None for null, NaN, and what is no single value."""
    if field.datatype == "char":
        return cell_text(content.partition(b"\0")[0].decode("utf-8", errors="replace"))
    if field.datatype == "unicodeChar":
        return cell_text(content.decode("utf-16-be", errors="replace").partition("\0")[0])
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
    """Give the shortest decimal that a 32-bit number prints as, which is what its author saw."""
    for digits in range(6, 10):
        text = f"{value:.{digits}g}"
        if _single(float(text)) == value:
            return text
    return repr(value)


def _single(value: float) -> float:
    """The nearest 32-bit number; infinity beyond its range."""
    try:
        (rounded,) = struct.unpack(">f", struct.pack(">f", value))
    except OverflowError:
        return math.inf
    return float(rounded)
