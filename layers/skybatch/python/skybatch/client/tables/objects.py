"""Tables that are objects of other packages as columns of text; each package is known by its classes' names.

astropy, numpy, pandas, polars and pyarrow are imported only where the caller's own object needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from skybatch.client.tables.cells import Columns, angle_texts, column_texts, texts
from skybatch.client.tables.refusals import refused
from skybatch.client.tables.sky_columns import icrs_degrees

SKY_NAMES = ("ra", "dec")


def object_columns(table: Any, epoch: Any = None, size: Any = None) -> Columns | None:
    """Return the columns of a table that is an object; None for the contents or the path of a file.

    Parameters
    ----------
    table
        An astropy Table or SkyCoord, a pandas or polars DataFrame, a pyarrow Table, a numpy structured
        array, a mapping of columns, or a sequence of rows that are mappings.
    epoch
        As `skybatch.client.tables.sky_columns.icrs_degrees` takes it, for the table's SkyCoord.
    size
        Widths of crops, one a row: numbers of arcsec, or angular quantities; None for none.

    Raises
    ------
    InvalidRequest
        ``epoch`` or ``size`` do not go with the table.
    """
    named = _named_columns(table)
    if named is None:
        if epoch is not None or size is not None:
            name, value = ("epoch", epoch) if epoch is not None else ("size", size)
            raise refused(name, value, "needs a table that is an object, not a file")
        return None
    columns = _text_columns(named, epoch)
    return columns if size is None else _with_sizes(columns, size)


def is_instance(value: Any, module: str, name: str) -> bool:
    """Whether a value is an instance of a class, tested without importing the class's package."""
    return any(kind.__name__ == name and kind.__module__.startswith(module) for kind in type(value).__mro__)


def _names_of_array(table: Any) -> Iterable[str]:
    return table.dtype.names or ()


# Package and class -> the names of the columns, and the values of one.
_TABLES: tuple[tuple[str, str, Callable[[Any], Iterable[str]], Callable[[Any, str], Any]], ...] = (
    ("astropy.table", "Table", lambda table: table.colnames, lambda table, name: table[name]),
    ("pandas", "DataFrame", lambda table: table.columns, lambda table, name: table[name].tolist()),
    ("polars", "DataFrame", lambda table: table.columns, lambda table, name: table[name].to_list()),
    ("pyarrow", "Table", lambda table: table.column_names, lambda table, name: table[name].to_pylist()),
    ("numpy", "ndarray", _names_of_array, lambda table, name: table[name]),
)


def _named_columns(table: Any) -> list[tuple[str, Any]] | None:
    if is_instance(table, "astropy.coordinates", "SkyCoord"):
        return [("", table)]
    if isinstance(table, Mapping):
        return [(str(name), values) for name, values in table.items()]
    if isinstance(table, list | tuple) and table and all(isinstance(row, Mapping) for row in table):
        names = dict.fromkeys(name for row in table for name in row)
        return [(str(name), [row.get(name) for row in table]) for name in names]
    for module, kind, names_of, values_of in _TABLES:
        if is_instance(table, module, kind):
            columns = [(str(name), values_of(table, name)) for name in names_of(table)]
            return columns or None
    return None


def _text_columns(named: list[tuple[str, Any]], epoch: Any) -> Columns:
    """Return the scalar columns as text; the first SkyCoord becomes ``ra`` and ``dec``."""
    columns: dict[str, list[str]] = {}
    known = {name.lower() for name, _ in named}
    for name, values in named:
        if is_instance(values, "astropy.coordinates", "SkyCoord"):
            if not known.intersection(SKY_NAMES):
                for axis, angle in zip(SKY_NAMES, icrs_degrees(values, epoch), strict=True):
                    columns[axis] = angle_texts(axis, angle)
                known |= set(SKY_NAMES)
                epoch = None
            continue
        if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
            raise refused(name, values, "must be a column of values, one a row")
        made = column_texts(name, values)
        if made is not None:
            columns[made[0]] = made[1]
    if epoch is not None:
        raise refused("epoch", epoch, "needs a SkyCoord, and no columns ra and dec beside it")
    return _of_one_length(columns)


def _of_one_length(columns: Mapping[str, list[str]]) -> Columns:
    lengths = {name: len(cells) for name, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        raise refused("table", lengths, "must have columns of one length")
    return columns


def _with_sizes(columns: Columns, size: Any) -> Columns:
    """Return the columns and one of crop sizes, arcsec."""
    if any(name.split(" ")[0].lower() == "size" for name in columns):
        raise refused("size", "", "is a column of the table already")
    values = size.to_value("arcsec").tolist() if hasattr(size, "to_value") else list(map(_arcsec, size))
    rows = len(next(iter(columns.values()), ()))
    if len(values) != rows:
        raise refused("size", f"{len(values)} values", f"must be one value, or one for each of {rows} rows")
    return {**columns, "size": texts("size", values)}


def _arcsec(value: Any) -> float | None:
    if value is None:
        return None
    return float(value.to_value("arcsec")) if hasattr(value, "to_value") else float(value)
