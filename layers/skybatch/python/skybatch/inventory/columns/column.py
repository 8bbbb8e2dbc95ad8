"""One column of an inventory version: what its manifest says of its file, and the file mapped into memory.

A manifest is data like any other. No type is made from what it says: a type that holds references to Python
objects, mapped from a file, would crash the process.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import InventoryError

_PLAIN = re.compile(r"(\|b1|\|[iu]1|<[iu][248]|<f[48]|\|S[1-9][0-9]{0,2})")


@dataclass(frozen=True)
class Column:
    """A file of a version as its manifest describes it: ``.npy`` with ``offset`` bytes of header."""

    name: str
    dtype: Any
    shape: tuple[int, ...]
    offset: int
    size: int

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return math.prod(self.shape[1:]) * int(self.dtype.itemsize)

    @classmethod
    def checked(cls, name: str, entry: Mapping[str, Any], dtype: np.dtype[Any], shape: list[int]) -> Column:
        """Make a column whose type and shape are known to be right; its length must be that of its shape.

        Raises InventoryError.
        """
        offset, length = entry.get("offset"), entry.get("bytes")
        if type(offset) is not int or type(length) is not int or offset < 0:
            raise InventoryError(f"the manifest gives the column {name} no length")
        if offset + math.prod(shape) * dtype.itemsize != length:
            raise InventoryError(f"the manifest gives the column {name} a length that is not of its shape")
        return cls(name, dtype, tuple(shape), offset, length)

    def map(self, path: Path) -> NDArray[Any]:
        """Map the column in a complete file, read only. Raises InventoryError where the size is wrong."""
        if not path.exists() or path.stat().st_size != self.size:
            raise InventoryError(f"{path} is not the file of {self.size} bytes that its manifest describes")
        if 0 in self.shape:
            return np.zeros(self.shape, self.dtype)
        # A plain view: numpy's memmap class costs a microsecond and more on every use.
        return np.asarray(np.memmap(path, self.dtype, "r", self.offset, self.shape))


def plain_type(described: object) -> np.dtype[Any] | None:
    """Return the type of numbers or bytes that a manifest describes, None for anything else."""
    if not isinstance(described, str) or not _PLAIN.fullmatch(described):
        return None
    return np.dtype(described)


def is_shape(shape: object, axes: int) -> TypeGuard[list[int]]:
    """Tell whether a manifest gives a shape of so many axes."""
    return isinstance(shape, list) and len(shape) == axes and all(type(n) is int and n >= 0 for n in shape)


def damaged(name: str) -> InventoryError:
    """Return the error of a column with values that it cannot have."""
    return InventoryError(f"the column {name} of the inventory is damaged: it has impossible values")
