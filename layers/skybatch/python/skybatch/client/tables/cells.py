"""Columns of values as columns of text, as a CSV table of requests has them.

Angles are written in degrees, sizes in arcsec; other units stand in brackets behind the name, so that the
server uses or refuses them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

ANGLE_UNITS = {"size": "arcsec"}
INTEGER_COLUMNS = frozenset({"coadd_key", "scan", "image"})
# A date YYMMDD loses its leading zeros as an integer.
DATE_DIGITS = {"xdate": 6}
# A name that the server would take for the unit of its column.
UNIT_AT_END = re.compile(r"(rad|radians?|_h|_hrs?|_hours?|_arcmin|_arcsec|_mas|[)\]]|/[a-z]+)$")
# Parts of one coordinate (journals' tables): their units are their names.
PARTS = frozenset({"rah", "ram", "ras", "de-", "ded", "dem", "des"})

WHOLE = INTEGER_COLUMNS | PARTS

Columns = Mapping[str, Sequence[str]]


def column_texts(name: str, values: Any) -> tuple[str, list[str]] | None:
    """Return a column's name in the table and its cells; None where a cell is an array."""
    if hasattr(values, "dtype"):
        if len(values.shape) != 1:
            return None
        cells = _column_values(name, values)
        return None if has_arrays(cells) else (_header(name, values), texts(name, cells))
    cells = list(values)
    return None if has_arrays(cells) else (name, texts(name, cells))


def has_arrays(values: Sequence[Any]) -> bool:
    """Whether a cell of a column is an array, which no table of requests can hold."""
    return any(hasattr(value, "__len__") and not isinstance(value, str | bytes) for value in values)


def angle_texts(name: str, angle: Any) -> list[str]:
    """Return the cells of an array of numbers, empty where masked."""
    return texts(name, _with_nulls(angle, _values(angle)))


def texts(name: str, values: Sequence[Any]) -> list[str]:
    """Return the cells of a column; a null becomes an empty text."""
    text = _formatter(name.lower())
    return [text(value) for value in values]


def _header(name: str, column: Any) -> str:
    """Return a column's name, with its unit in brackets where values are not sent in the one expected."""
    unit = getattr(column, "unit", None)
    if unit is None or not str(unit) or name.lower() in PARTS:
        return name
    converted = unit.physical_type == "angle" and column.dtype.kind in "fiu"
    if not converted:
        return f"{name} ({unit})"
    return f"{name} (deg)" if UNIT_AT_END.search(name.lower()) else name


def _column_values(name: str, column: Any) -> list[Any]:
    """Return the values of a column, None where masked, angles in the unit that the server expects."""
    unit = getattr(column, "unit", None)
    is_whole = name.lower() not in PARTS and column.dtype.kind in "fiu"
    if unit is not None and is_whole and unit.physical_type == "angle":
        factor = unit.to(ANGLE_UNITS.get(name.lower(), "deg"))
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


def _formatter(name: str) -> Callable[[Any], str]:
    """Return the function that formats a value of this column."""

    def text(value: Any) -> str:
        if value is None or value != value or type(value).__name__ in ("NAType", "NaTType"):
            return ""
        if isinstance(value, bytes):
            return value.decode("utf-8", errors="replace")
        if isinstance(value, float):
            # pandas holds a column of integers with nulls as floats, QTable one with a unit.
            return str(int(value)) if name in WHOLE and value.is_integer() else repr(float(value))
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value).zfill(DATE_DIGITS.get(name, 0))
        if isinstance(value, bool):
            return "y" if value else "n"
        return str(value)

    return text
