"""The columns of an inventory of format 2: the types, shapes and values that their files may have.

Such inventories are read until their data set is indexed or imported again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import InventoryError
from skybatch.inventory.columns.column import Column, damaged, is_shape
from skybatch.inventory.image_sets import GRID, RECORD, SUFFIXES, TILES
from skybatch.inventory.set_columns import are_grids

# Row numbers are 32 bits wide.
MAX_SETS = 2**32 - 1

RECORD_WITHOUT_TILES = np.dtype([field for field in RECORD.descr if field[0] not in TILES])


@dataclass(frozen=True)
class ColumnType:
    """What a column may be: its types, and whether it is a table of pixel grids instead of one row a set."""

    dtypes: tuple[np.dtype[Any], ...]
    of_grids: bool = False

    def dtype(self, described: object) -> np.dtype[Any] | None:
        """Return the type that a manifest describes, None where the column may not have it."""
        return next((dtype for dtype in self.dtypes if _description(dtype) == described), None)

    def allows(self, shape: object, size: int) -> bool:
        """Tell whether the column may have this shape in an inventory of ``size`` image sets."""
        if self.of_grids:
            return is_shape(shape, 2) and shape[0] <= MAX_SETS and shape[1] == len(GRID)
        return is_shape(shape, 1) and shape == [size]


def _description(dtype: np.dtype[Any]) -> object:
    """Return a type as JSON has it in a manifest."""
    if dtype.names is None:
        return dtype.str
    return [[name, kind, *(list(shape) for shape in more)] for name, kind, *more in dtype.descr]


def _types(*names: str) -> ColumnType:
    return ColumnType(tuple(np.dtype(name) for name in names))


COLUMN_TYPES: Mapping[str, ColumnType] = {
    "zone_key": _types("<u4"),
    "crval1": _types("<f8"),
    "crval2": _types("<f8"),
    "crota2": _types("<f8"),
    "shape": _types("|u1", "<u2", "<u4", "<u8"),
    "shapes": ColumnType((np.dtype("<f8"),), of_grids=True),
    "key": _types("<i8"),
    "key_set": _types("<u4"),
    "scan_code": _types("<i8"),
    "scan_set": _types("<u4"),
    "records": ColumnType((RECORD, RECORD_WITHOUT_TILES)),
}


def column_from_manifest(name: str, entry: object, size: int) -> Column:
    """Read an entry of the manifest of an inventory of ``size`` image sets.

    Raises InventoryError for a type or shape that the column cannot have, or that is not of its length.
    """
    if not isinstance(entry, Mapping):
        raise InventoryError(f"the manifest describes no column {name}")
    dtype = COLUMN_TYPES[name].dtype(entry.get("dtype"))
    shape: Any = entry.get("shape")
    if dtype is None or not COLUMN_TYPES[name].allows(shape, size):
        raise InventoryError(f"the manifest gives the column {name} a type or shape that it cannot have")
    return Column.checked(name, entry, dtype, shape)


def _is_ascending(values: NDArray[Any]) -> bool:
    return bool(np.all(values[1:] >= values[:-1]))


VALUE_CHECKS: Mapping[str, Callable[[NDArray[Any]], bool]] = {
    "zone_key": _is_ascending,
    "key": _is_ascending,
    "scan_code": _is_ascending,
    "shapes": are_grids,
}


def check_values(name: str, values: NDArray[Any], below: int | None = None) -> None:
    """Check that a look-up can rely on a column: order, pixel grids, and row numbers less than ``below``.

    Raises InventoryError.
    """
    if name in VALUE_CHECKS and not VALUE_CHECKS[name](values):
        raise damaged(name)
    if below is not None and len(values) and int(values.max()) >= below:
        raise damaged(name)


def check_records(records: NDArray[np.void]) -> None:
    """Check that records can be read: their text is ASCII and their suffixes are known.

    Raises InventoryError.
    """
    text = (records[name] for name in ("date", "ut_date", "hem"))
    is_text = all((np.frombuffer(each.tobytes(), np.uint8) < 128).all() for each in text)
    is_known = all((records[name] < len(SUFFIXES)).all() for name in ("suffix", "quicklook_suffix"))
    if not (is_text and is_known):
        raise damaged("records")
