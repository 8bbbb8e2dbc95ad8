"""The manifest of an inventory version: its size, and a description of each column's file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skybatch.errors import InventoryError
from skybatch.inventory.column_store import Column
from skybatch.inventory.column_types import COLUMN_TYPES, MAX_SETS
from skybatch.inventory.image_sets import FORMAT

# No image of a SIN projection reaches farther from its reference point.
MAX_ANGULAR_RADIUS = 90.0


@dataclass(frozen=True)
class Manifest:
    """What a manifest says.

    Attributes
    ----------
    size
        Number of image sets.
    numbered
        Whether the coadd keys are numbers of our own.
    angular_radius
        Largest angle from the reference point of an image to a corner, degrees.
    columns
        The file of each column by name.
    """

    size: int
    numbered: bool
    angular_radius: float
    columns: Mapping[str, Column]


def read_manifest(content: bytes, path: str) -> Manifest:
    """Read a manifest; ``path`` is named in errors.

    Raises InventoryError where it is damaged, or newer than what is read here.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InventoryError(f"{path} is not complete") from error
    if not isinstance(document, dict):
        raise InventoryError(f"{path} is damaged: it is no object")
    _check(path, "format", _is_count(document.get("format")))
    if document["format"] > FORMAT:
        raise InventoryError(f"{path} has format {document['format']}; at most {FORMAT} is read here")
    size: Any = document.get("size")
    radius: Any = document.get("reach")
    columns: Any = document.get("columns")
    _check(path, "size", _is_count(size, MAX_SETS))
    _check(path, "numbered", isinstance(document.get("numbered"), bool))
    _check(path, "reach", _is_angle(radius))
    _check(path, "columns", isinstance(columns, dict) and columns.keys() >= COLUMN_TYPES.keys())
    files = {name: Column.from_manifest(name, columns[name], size) for name in COLUMN_TYPES}
    return Manifest(size, document["numbered"], float(radius), files)


def _check(path: str, name: str, is_valid: bool) -> None:
    if not is_valid:
        raise InventoryError(f"{path} is damaged: its {name} cannot be so")


def _is_count(value: object, most: int | None = None) -> bool:
    return type(value) is int and value >= 0 and (most is None or value <= most)


def _is_angle(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value <= MAX_ANGULAR_RADIUS
