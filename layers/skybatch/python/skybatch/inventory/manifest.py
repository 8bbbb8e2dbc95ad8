"""The manifest of an inventory version: its size, and a description of each column's file."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skybatch.errors import InventoryError
from skybatch.inventory.column_types import COLUMN_TYPES, MAX_SETS, column_from_manifest
from skybatch.inventory.columns.column import Column, is_shape, plain_type
from skybatch.inventory.placements.template import WcsTemplate, template_of
from skybatch.inventory.set_columns import MAX_CLASSES
from skybatch.sky.image_frames import ImageFrame

# Of the version's files that are written, and where each band of an image set has a row of its own; formats
# 1 and 2 are read until their data set is indexed again.
FORMAT = 3
OWN_BANDS_FORMAT = 4
RECORD_FORMAT = 2
OWN_BAND = "own_band"
"""The column of format 4 with the number of each row's band."""
# No image of a SIN projection reaches farther from its reference point.
MAX_ANGULAR_RADIUS = 90.0

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}(\.[A-Za-z0-9_]{1,63}){0,5}")
# Shapes other than one value a set: None stands for any length.
_SHAPES: Mapping[str, tuple[int | None, ...]] = {"zones": (None, 1801), "grids": (None, 8)}
_PAIRS = {"crval": 2, "wcs": None}  # a row a set, of so many values
_TYPES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("zones", "key", "key_row", "id_row", "number_row"), ("<u4",)),
    **dict.fromkeys(("crval", "rot", "grids", "wcs"), ("<f8",)),
    "wcs_template": ("|u1", "<u2"),
    **dict.fromkeys(("number", "number.fence"), ("<i4",)),
    "grid": ("|u1", "<u2", "<u4"),
    OWN_BAND: ("|u1",),
}
_REQUIRED = ("zones", "key", "id", "id_row", "id.fence", "held")
_PLACED_BY_GRIDS, _PLACED_BY_TEMPLATES = ("crval", "rot", "grid", "grids"), ("wcs", "wcs_template")


@dataclass(frozen=True)
class Manifest:
    """What a manifest says.

    Attributes
    ----------
    size
        Number of image sets.
    numbered
        Whether the coadd keys are numbers of our own.
    radii
        Largest angle from the position of an image in the index to its boundary, degrees, of each class.
    columns
        The file of each column by name.
    constants
        Columns of one value for all, and no file.
    format
        Format of the files.
    frame
        Frame of all coordinates.
    sky_fraction
        How much of the sky the version's coverage map covers; None without a map.
    templates
        The templates of the WCS of images that are not plain SIN or TAN; none where all are.
    """

    size: int
    numbered: bool
    radii: tuple[float, ...]
    columns: Mapping[str, Column]
    constants: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT
    frame: ImageFrame = ImageFrame.FK5
    sky_fraction: float | None = None
    templates: tuple[WcsTemplate, ...] = ()

    @property
    def bands_apart(self) -> bool:
        """Whether each band of an image set has a row of its own."""
        return self.format == OWN_BANDS_FORMAT


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
    if document["format"] > OWN_BANDS_FORMAT:
        newest = f"at most {OWN_BANDS_FORMAT} is read here"
        raise InventoryError(f"{path} has format {document['format']}; {newest}")
    _check(path, "size", _is_count(document.get("size"), MAX_SETS))
    _check(path, "numbered", isinstance(document.get("numbered"), bool))
    if document["format"] <= RECORD_FORMAT:
        return _of_records(document, path)
    return _of_columns(document, path)


def _of_records(document: dict[str, Any], path: str) -> Manifest:
    size, radius = document["size"], document.get("reach")
    columns: Any = document.get("columns")
    _check(path, "reach", _is_angle(radius))
    _check(path, "columns", isinstance(columns, dict) and columns.keys() >= COLUMN_TYPES.keys())
    files = {name: column_from_manifest(name, columns[name], size) for name in COLUMN_TYPES}
    return Manifest(size, document["numbered"], (float(radius or 0.0),), files, format=document["format"])


def _of_columns(document: dict[str, Any], path: str) -> Manifest:
    size = document["size"]
    radii: Any = document.get("radii")
    frame: Any = document.get("frame")
    columns: Any = document.get("columns")
    constants: Any = document.get("constants")
    _check(
        path,
        "radii",
        isinstance(radii, list) and 0 < len(radii) <= MAX_CLASSES and all(map(_is_angle, radii)),
    )
    _check(path, "frame", isinstance(frame, str) and frame in list(ImageFrame))
    _check(path, "columns", isinstance(columns, dict) and all(map(_NAME.fullmatch, columns)))
    _check(path, "constants", isinstance(constants, dict) and all(map(_NAME.fullmatch, constants)))
    files = {name: _column(name, entry, size) for name, entry in columns.items()}
    values = {name: _constant(name, entry) for name, entry in constants.items()}
    wcs: Any = document.get("wcs", [])
    _check(path, "wcs", isinstance(wcs, list))
    templates = tuple(template_of(each, path) for each in wcs)
    placed = _PLACED_BY_TEMPLATES if templates else _PLACED_BY_GRIDS
    needed = {*_REQUIRED, *placed, *(("key_row",) if len(radii) > 1 else ())}
    needed |= {OWN_BAND} if document["format"] == OWN_BANDS_FORMAT else set()
    _check(path, "columns", needed <= files.keys() | values.keys() and not files.keys() & values.keys())
    if templates:
        _check(path, "wcs", files["wcs"].shape[1] >= max(len(each.slots) for each in templates))
    return Manifest(
        size,
        document["numbered"],
        tuple(map(float, radii)),
        files,
        values,
        document["format"],
        ImageFrame(frame),
        _sky_fraction(document.get("coverage"), path),
        templates,
    )


def _sky_fraction(coverage: Any, path: str) -> float | None:
    if coverage is None:
        return None
    fraction: Any = coverage.get("sky_fraction") if isinstance(coverage, dict) else None
    _check(path, "coverage", type(fraction) in (int, float) and 0.0 <= fraction <= 1.0)
    return float(fraction)


def _column(name: str, entry: Any, size: int) -> Column:
    dtype = plain_type(entry.get("dtype")) if isinstance(entry, dict) else None
    shape: Any = entry.get("shape") if isinstance(entry, dict) else None
    if dtype is None or not _is_type(name, dtype) or not _is_shape_of(name, shape, size):
        raise InventoryError(f"the manifest gives the column {name} a type or shape that it cannot have")
    return Column.checked(name, entry, dtype, shape)


def _is_type(name: str, dtype: np.dtype[Any]) -> bool:
    if name.split(".")[0] == "id" and not name.endswith("_row"):
        return dtype.kind == "S"
    if name.endswith(".words"):
        return dtype.kind == "S"
    return name not in _TYPES or dtype.str in _TYPES[name]


def _is_shape_of(name: str, shape: Any, size: int) -> bool:
    if name.endswith((".words", ".fence")):
        return is_shape(shape, 1)
    expected = _SHAPES.get(name, (size, _PAIRS[name]) if name in _PAIRS else (size,))
    if not is_shape(shape, len(expected)):
        return False
    return all(wanted in (None, length) for wanted, length in zip(expected, shape, strict=True))


def _constant(name: str, entry: object) -> Any:
    """Return the value that a column has in all rows."""
    dtype = plain_type(entry.get("dtype")) if isinstance(entry, dict) else None
    if (
        not isinstance(entry, dict)
        or dtype is None
        or not _is_type(name, dtype)
        or name in (*_SHAPES, *_PAIRS)
    ):
        raise InventoryError(f"the manifest gives the constant {name} a type that it cannot have")
    value = entry.get("value")
    kinds = {"S": (str,), "f": (float, int, type(None)), "b": (bool,)}
    fits = isinstance(value, kinds.get(dtype.kind, (int,))) and (
        dtype.kind == "b" or not isinstance(value, bool)
    )
    try:
        made = np.array(math.nan if value is None else value, dtype) if fits else None
    except (OverflowError, UnicodeEncodeError):
        made = None
    if made is None:
        raise InventoryError(f"the manifest gives the constant {name} a value that it cannot have")
    return made


def _check(path: str, name: str, is_valid: bool) -> None:
    if not is_valid:
        raise InventoryError(f"{path} is damaged: its {name} cannot be so")


def _is_count(value: object, most: int | None = None) -> bool:
    return type(value) is int and value >= 0 and (most is None or value <= most)


def _is_angle(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value <= MAX_ANGULAR_RADIUS
