"""Tables as people have them, to the bytes that the server reads. No package is imported but at need.

Angles are sent in degrees (ICRS where an object says its frame), sizes in arcsec.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skybatch.errors import CellError, InvalidRequest

ANGLE_UNITS = {"size": "arcsec"}
SKY_NAMES = ("ra", "dec")
WHOLE = {"coadd_key", "scan", "image"}
DATE_DIGITS = {"xdate": 6}

Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Upload:
    """A table as it is posted: its bytes and a file name."""

    body: bytes
    name: str


def upload(table: Any, size: Any = None) -> Upload:
    """The table to post.

    Parameters
    ----------
    table
        A path; text (several lines) or bytes of a table; an open file; an astropy Table or QTable, whose
        SkyCoord column becomes ``ra`` and ``dec``; a SkyCoord; a pandas DataFrame.
    size
        Crop every position to this width, a number of arcsec or a Quantity. For tables that are objects:
        a file has a column of its own.

    Raises
    ------
    InvalidRequest
        ``table`` is none of these, or ``size`` is given with a file or beside a column ``size``.
    OSError
        The file cannot be read.
    """
    columns = _columns(table)
    if columns is None:
        if size is not None:
            raise _refused("size", size, "needs a table that is an object; give the file a column size")
        return _file(table)
    if size is not None:
        if "size" in {name.lower() for name in columns}:
            raise _refused("size", size, "cannot be given where the table has a column size")
        rows = len(next(iter(columns.values()), ()))
        columns = {**columns, "size": [repr(arcsec(size))] * rows}
    return Upload(_csv(columns), "table.csv")


def arcsec(size: Any) -> float:
    """A number, or a Quantity of an angle, in arcsec."""
    return _in_unit(size, "arcsec")


def degrees(angle: Any) -> float:
    """A number, or a Quantity of an angle, in degrees."""
    return _in_unit(angle, "deg")


def sky_text(center: Any) -> str:
    """A centre as the server reads it: text as it is, a single SkyCoord in ICRS degrees."""
    if isinstance(center, str):
        return center
    if not _is(center, "astropy.coordinates", "SkyCoord") or not center.isscalar:
        raise _refused("center", center, "must be text or one SkyCoord")
    return f"{float(center.icrs.ra.deg)!r} {float(center.icrs.dec.deg)!r}"


def _in_unit(value: Any, unit: str) -> float:
    return float(value.to_value(unit)) if hasattr(value, "to_value") else float(value)


def _columns(table: Any) -> Columns | None:
    """The columns of a table that is an object, as texts; None for a file's contents or path."""
    if _is(table, "astropy.coordinates", "SkyCoord"):
        return _sky(table.reshape(1) if table.isscalar else table)
    if _is(table, "astropy.table", "Table"):
        return _astropy(table)
    if _is(table, "pandas", "DataFrame"):
        return {str(name): _texts(str(name), table[name].tolist()) for name in table.columns}
    return None


def _is(value: Any, module: str, name: str) -> bool:
    """Whether a value is of a class, or one derived from it, of a package that need not be installed."""
    return any(kind.__name__ == name and kind.__module__.startswith(module) for kind in type(value).__mro__)


def _sky(coordinates: Any) -> Columns:
    sky = coordinates.icrs
    return {
        "ra": [repr(float(value)) for value in sky.ra.deg.ravel()],
        "dec": [repr(float(value)) for value in sky.dec.deg.ravel()],
    }


def _astropy(table: Any) -> Columns:
    """Every column of one value a row; a SkyCoord column stands for ``ra`` and ``dec``."""
    columns: dict[str, Sequence[str]] = {}
    named = {str(name).lower() for name in table.colnames}
    for name in table.colnames:
        column = table[name]
        if _is(column, "astropy.coordinates", "SkyCoord"):
            if not named.intersection(SKY_NAMES):
                columns |= _sky(column)
                named |= set(SKY_NAMES)
        elif len(column.shape) == 1:
            columns[name] = _texts(name, _plain(name, column))
    return columns


def _plain(name: str, column: Any) -> list[Any]:
    """A column's values, None where masked, angles in the unit that the server takes them in."""
    unit = getattr(column, "unit", None)
    if unit is not None and unit.physical_type == "angle" and column.dtype.kind == "f":
        to = ANGLE_UNITS.get(name.lower(), "deg")
        factor = unit.to(to)
        values = [value * factor for value in _values(column)] if factor != 1.0 else _values(column)
        return _masked(column, values)
    return _masked(column, _values(column))


def _values(column: Any) -> list[Any]:
    """A column's values, those under its mask too."""
    import numpy as np

    values = getattr(column, "value", column)  # a Quantity's numbers
    return list(np.asarray(getattr(values, "unmasked", values)).tolist())


def _masked(column: Any, values: list[Any]) -> list[Any]:
    mask = getattr(column, "mask", None)
    if mask is None or not hasattr(mask, "tolist"):
        return values
    flags = mask.tolist()
    if isinstance(flags, bool):
        flags = [flags] * len(values)
    return [None if masked else value for value, masked in zip(values, flags, strict=True)]


def _texts(name: str, values: Sequence[Any]) -> list[str]:
    text = _reader(name.lower())
    return [text(value) for value in values]


def _reader(name: str) -> Callable[[Any], str]:
    """How one value of a column is written; nothing where it is null."""

    def text(value: Any) -> str:
        if value is None or value != value or type(value).__name__ in ("NAType", "NaTType"):
            return ""
        if isinstance(value, bytes):
            return value.decode("utf-8", errors="replace")
        if isinstance(value, float):
            # A column of whole numbers with nulls in it comes as floats from pandas.
            return str(int(value)) if name in WHOLE and value.is_integer() else repr(float(value))
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


def _file(table: Any) -> Upload:
    if isinstance(table, bytes | bytearray):
        return Upload(bytes(table), "table")
    if isinstance(table, str) and "\n" in table:
        return Upload(table.encode(), "table")
    if isinstance(table, str | Path) or hasattr(table, "__fspath__"):
        path = Path(table)
        return Upload(path.read_bytes(), path.name)
    if hasattr(table, "read"):
        body = table.read()
        name = str(getattr(table, "name", "table"))
        return Upload(body.encode() if isinstance(body, str) else bytes(body), Path(name).name)
    raise _refused("table", type(table).__name__, "must be a path, text, a Table, a SkyCoord or a DataFrame")


def _refused(column: str, value: object, rule: str) -> InvalidRequest:
    cell = CellError(column, str(value), rule)
    return InvalidRequest(cell.sentence(), errors=[cell])
