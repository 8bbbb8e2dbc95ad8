"""Encoding of tables for upload: files as they are, astropy and pandas objects as CSV.

Angles are sent in degrees (ICRS where an object has a frame), sizes in arcsec; other units, and the frame
that a table's metadata names, go along as they are, so that the server uses or refuses them. astropy, numpy
and pandas are imported only where the caller's own object needs them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skybatch.errors import CellError, InvalidRequest

ANGLE_UNITS = {"size": "arcsec"}
SKY_NAMES = ("ra", "dec")
INTEGER_COLUMNS = {"coadd_key", "scan", "image"}
# A date YYMMDD loses its leading zeros as an integer.
DATE_DIGITS = {"xdate": 6}
# A name that the server would take for the unit of its column.
UNIT_AT_END = re.compile(r"(rad|radians?|_h|_hrs?|_hours?|_arcmin|_arcsec|_mas|[)\]]|/[a-z]+)$")
FRAME_KEYWORDS = ("radesys", "radecsys", "equinox", "coosys", "csys")

Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class TableUpload:
    """The contents and the file name of a table to upload."""

    body: bytes
    file_name: str


def encode_table(table: Any) -> TableUpload:
    """Encode a table for upload.

    Parameters
    ----------
    table
        A path; text (several lines) or bytes of a table; an open file; an astropy Table or QTable, whose
        SkyCoord column becomes ``ra`` and ``dec``; a SkyCoord; a pandas DataFrame. Columns whose cells are
        arrays are left out.

    Raises
    ------
    InvalidRequest
        ``table`` is none of these.
    OSError
        The file cannot be read.
    """
    columns = _columns(table)
    if columns is None:
        return _file_upload(table)
    return TableUpload(_frame_comments(table) + _csv(columns), "table.csv")


def to_arcsec(size: Any) -> float:
    """Convert a number of arcsec, or an angular Quantity, to arcsec."""
    return _in_unit(size, "arcsec")


def to_degrees(angle: Any) -> float:
    """Convert a number of degrees, or an angular Quantity, to degrees."""
    return _in_unit(angle, "deg")


def center_text(center: Any) -> str:
    """Return a centre as text: as given, or the ICRS degrees of a single SkyCoord."""
    if isinstance(center, str):
        return center
    if not _is(center, "astropy.coordinates", "SkyCoord") or not center.isscalar:
        raise _invalid("center", center, "must be text or one SkyCoord")
    return f"{float(center.icrs.ra.deg)!r} {float(center.icrs.dec.deg)!r}"


def _in_unit(value: Any, unit: str) -> float:
    return float(value.to_value(unit)) if hasattr(value, "to_value") else float(value)


def _columns(table: Any) -> Columns | None:
    """Return the columns of a table that is an object as text; None for the contents or path of a file."""
    if _is(table, "astropy.coordinates", "SkyCoord"):
        return _sky_columns(table.reshape(1) if table.isscalar else table)
    if _is(table, "astropy.table", "Table"):
        return _astropy_columns(table)
    if _is(table, "pandas", "DataFrame"):
        values = {str(name): table[name].tolist() for name in table.columns}
        return {name: _texts(name, cells) for name, cells in values.items() if not _has_arrays(cells)}
    return None


def _has_arrays(values: Sequence[Any]) -> bool:
    """Whether a cell of a column is an array, which no table of requests can hold."""
    return any(hasattr(value, "__len__") and not isinstance(value, str | bytes) for value in values)


def _is(value: Any, module: str, name: str) -> bool:
    """Whether a value is an instance of a class, tested without importing the class's package."""
    return any(kind.__name__ == name and kind.__module__.startswith(module) for kind in type(value).__mro__)


def _sky_columns(coordinates: Any) -> Columns:
    """Return ICRS degrees of coordinates; raise InvalidRequest where their frame has no way to ICRS."""
    if len(coordinates.shape) != 1:
        raise _invalid("table", coordinates.shape, "must have one position a row")
    try:
        sky = coordinates.icrs
    except (TypeError, ValueError, AttributeError) as error:  # whatever a missing piece of the frame causes
        rule = f"cannot be converted to ICRS ({error})"
        raise _invalid("table", coordinates.frame.name, rule) from None
    return {
        name: _texts(name, _with_nulls(angle, _values(angle)))
        for name, angle in (("ra", sky.ra.deg), ("dec", sky.dec.deg))
    }


def _frame_comments(table: Any) -> bytes:
    """Return comment lines for the keywords of a table's metadata that name the frame of its positions."""
    meta = getattr(table, "meta", None) or {}
    found = {str(name).lower(): value for name, value in meta.items() if isinstance(value, str | int | float)}
    lines = (f"# {name} = {found[name]}\n" for name in FRAME_KEYWORDS if name in found)
    return "".join("".join(c for c in line if c.isprintable()) + "\n" for line in lines).encode()


def _astropy_columns(table: Any) -> Columns:
    """Return the scalar columns; a SkyCoord column becomes ``ra`` and ``dec``."""
    columns: dict[str, Sequence[str]] = {}
    named = {str(name).lower() for name in table.colnames}
    for name in table.colnames:
        column = table[name]
        if _is(column, "astropy.coordinates", "SkyCoord"):
            if not named.intersection(SKY_NAMES):
                columns |= _sky_columns(column)
                named |= set(SKY_NAMES)
        elif len(column.shape) == 1 and not _has_arrays(values := _column_values(name, column)):
            columns[_header(name, column)] = _texts(name, values)
    return columns


def _header(name: str, column: Any) -> str:
    """Return a column's name, with its unit in brackets where values are not sent in the one expected."""
    unit = getattr(column, "unit", None)
    if unit is None or not str(unit):
        return name
    converted = unit.physical_type == "angle" and column.dtype.kind in "fiu"
    if not converted:
        return f"{name} ({unit})"
    return f"{name} (deg)" if UNIT_AT_END.search(name.lower()) else name


def _column_values(name: str, column: Any) -> list[Any]:
    """Return the values of a column, None where masked, angles in the unit that the server expects."""
    unit = getattr(column, "unit", None)
    if unit is not None and unit.physical_type == "angle" and column.dtype.kind in "fiu":
        to = ANGLE_UNITS.get(name.lower(), "deg")
        factor = unit.to(to)
        values = [value * factor for value in _values(column)] if factor != 1.0 else _values(column)
        return _with_nulls(column, values)
    return _with_nulls(column, _values(column))


def _values(column: Any) -> list[Any]:
    """Return the values of a column, including masked ones."""
    import numpy as np

    values = getattr(column, "value", column)  # a Quantity's numbers
    return list(np.asarray(getattr(values, "unmasked", values)).tolist())


def _with_nulls(column: Any, values: list[Any]) -> list[Any]:
    mask = getattr(column, "mask", None)
    if mask is None or not hasattr(mask, "tolist"):
        return values
    flags = mask.tolist()
    if isinstance(flags, bool):
        flags = [flags] * len(values)
    return [None if masked else value for value, masked in zip(values, flags, strict=True)]


def _texts(name: str, values: Sequence[Any]) -> list[str]:
    text = _formatter(name.lower())
    return [text(value) for value in values]


def _formatter(name: str) -> Callable[[Any], str]:
    """Return the function that formats a value of this column; a null becomes an empty text."""

    def text(value: Any) -> str:
        if value is None or value != value or type(value).__name__ in ("NAType", "NaTType"):
            return ""
        if isinstance(value, bytes):
            return value.decode("utf-8", errors="replace")
        if isinstance(value, float):
            # pandas holds a column of integers with nulls as floats.
            return str(int(value)) if name in INTEGER_COLUMNS and value.is_integer() else repr(float(value))
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value).zfill(DATE_DIGITS.get(name, 0))
        if isinstance(value, bool):
            return "y" if value else "n"
        return str(value)

    return text


def _csv(columns: Columns) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def _file_upload(table: Any) -> TableUpload:
    if isinstance(table, bytes | bytearray):
        return TableUpload(bytes(table), "table")
    if isinstance(table, str) and "\n" in table:
        return TableUpload(table.encode(), "table")
    if isinstance(table, str | Path) or hasattr(table, "__fspath__"):
        path = Path(table)
        return TableUpload(path.read_bytes(), path.name)
    if hasattr(table, "read"):
        body = table.read()
        name = str(getattr(table, "name", "table"))
        return TableUpload(body.encode() if isinstance(body, str) else bytes(body), Path(name).name)
    raise _invalid("table", type(table).__name__, "must be a path, text, a Table, a SkyCoord or a DataFrame")


def _invalid(column: str, value: object, rule: str) -> InvalidRequest:
    cell = CellError(column, str(value), rule)
    return InvalidRequest(cell.sentence(), errors=[cell])
