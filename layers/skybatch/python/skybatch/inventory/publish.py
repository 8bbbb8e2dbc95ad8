"""Write an inventory version: every file first, checked, and only then the pointer that makes it current.

``inventory/{dataset}/{version}/`` holds one ``.npy`` file a column, ``survey.toml``, the description that it
was made with unless that is the default one, ``coverage.{fits,json,svg}`` and, written last,
``manifest.json``. ``inventory/{dataset}/current`` names the version that new readers use. Versions are never
changed; the last few stay for batches that run on them.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import InventoryError
from skybatch.inventory.coverage.coverage_files import Coverage, coverage_path
from skybatch.inventory.held_surveys import add_held
from skybatch.inventory.image_sets import TILES, ImageSets
from skybatch.inventory.manifest import FORMAT, OWN_BANDS_FORMAT
from skybatch.inventory.set_columns import SetColumns, set_columns
from skybatch.inventory.versions import drop_old_versions
from skybatch.storage.trees import Tree
from skybatch.surveys.example_images import ExampleImage
from skybatch.surveys.image_id import inventory_folder
from skybatch.surveys.known import survey_of

KEPT_VERSIONS = 3
# Columns that look-ups read as files whatever they hold.
_FILES = ("zones", "key", "key_row", "crval", "wcs", "grids", "id", "id_row", "number", "number_row")


def publish(
    tree: Tree,
    sets: ImageSets,
    *,
    numbered: bool,
    origin: str,
    keep: int = KEPT_VERSIONS,
    description: str | None = None,
    coverage: Coverage | None = None,
    example: ExampleImage | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> str:
    """Write the image sets of one data set as a new version, make it current and return its name.

    ``sets`` may come in any order (its ``set_index`` is not used). ``numbered`` says that the coadd
    keys are our own numbers, ``origin`` where the metadata come from, ``description`` is the text that
    describes the survey, None for the default one, ``coverage`` what the sets cover of the sky, ``example``
    an image that examples of calls are about. The version that was current stays whole and usable whatever
    happens; the newest ``keep`` versions are kept. Raises InventoryError where two sets share an identity or
    a coadd key, or what was written does not read back.
    """
    _check_bounds(sets)
    made = set_columns(sets)
    constants = {name: column[0] for name, column in made.columns.items() if _is_constant(name, column)}
    columns = {name: column for name, column in made.columns.items() if name not in constants}
    files = {name: _npy(column) for name, column in columns.items()}
    manifest = {
        **_facts(sets, made, numbered, origin),
        "columns": {name: _manifest_entry(columns[name], data) for name, data in files.items()},
        "constants": {name: _constant_entry(value) for name, value in constants.items()},
    }
    if coverage is not None:
        manifest["coverage"] = {"order": coverage.order, "sky_fraction": coverage.sky_fraction}
    created = now()
    digest = hashlib.sha256(json.dumps(manifest).encode()).hexdigest()
    version = f"{created:%Y%m%dT%H%M%S%fZ}-{digest[:8]}"
    manifest |= {"version": version, "created": created.isoformat(timespec="seconds")}
    folder = f"{inventory_folder(sets.dataset)}/{version}"
    for name, data in files.items():
        _write_checked(tree, f"{folder}/{name}.npy", data)
    for form, data in coverage.files.items() if coverage is not None else ():
        _write_checked(tree, coverage_path(sets.dataset, version, form), data)
    if description is not None:
        _write_checked(tree, f"{folder}/survey.toml", description.encode())
    _write_checked(tree, f"{folder}/manifest.json", json.dumps(manifest, indent=1).encode())
    add_held(tree, sets.dataset, description, example)
    tree.write(f"{inventory_folder(sets.dataset)}/current", version.encode("ascii"))
    drop_old_versions(tree, sets.dataset, version, keep)
    return version


def _facts(sets: ImageSets, made: SetColumns, numbered: bool, origin: str) -> dict[str, Any]:
    """Return what a manifest says beside the columns."""
    return {
        "format": FORMAT if sets.own_band is None else OWN_BANDS_FORMAT,
        "mission": survey_of(sets.dataset).mission.name,
        "dataset": sets.dataset,
        "origin": origin,
        "numbered": numbered,
        "size": len(sets),
        "frame": sets.frame,
        "radii": made.radii,
        **({"wcs": [template.document() for template in made.templates]} if made.templates else {}),
    }


# What is kept of a set; numpy would wrap around silently beyond it.
BOUNDS = {"scan": 999, "image": 9999, "coadd_key": 2**31 - 1, "header_blocks": 2**16 - 1}
MAX_BYTES = 2**32 - 1


def _check_bounds(sets: ImageSets) -> None:
    columns = [(name, getattr(sets, name), most) for name, most in BOUNDS.items() if hasattr(sets, name)]
    columns += [("bytes", column, MAX_BYTES) for column in sets.bytes.values()]
    for name in ("quicklook_bytes", *TILES):
        columns += [(name, column, MAX_BYTES) for column in getattr(sets, name, {}).values()]
    for name, column, most in columns:
        if len(column) and not 0 <= column.min() <= column.max() <= most:
            raise InventoryError(f"{name} from {column.min()} to {column.max()}; 0 to {most} can be kept")


def _is_constant(name: str, column: NDArray[Any]) -> bool:
    """Tell whether a column of values has the same in all rows; NaN is the same as NaN."""
    if name in _FILES or name.endswith((".words", ".fence")) or not len(column):
        return False
    same = column == column[0]
    return bool(np.all(same)) or (column.dtype.kind == "f" and bool(np.isnan(column).all()))


def _constant_entry(value: Any) -> dict[str, Any]:
    plain = value.decode("ascii") if isinstance(value, bytes) else value.item()
    is_unknown = isinstance(plain, float) and math.isnan(plain)
    return {"dtype": value.dtype.str, "value": None if is_unknown else plain}


def _npy(column: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(column), allow_pickle=False)
    return buffer.getvalue()


def _manifest_entry(column: NDArray[Any], data: bytes) -> dict[str, Any]:
    return {
        "dtype": column.dtype.str,
        "shape": column.shape,
        "offset": len(data) - column.nbytes,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _write_checked(tree: Tree, path: str, data: bytes) -> None:
    tree.write(path, data)
    if tree.read(path) != data:
        raise InventoryError(f"{path} does not read back as it was written; the old version stays current")
