"""Write an inventory version: every file first, checked, and only then the pointer that makes it current.

``inventory/{dataset}/{version}/`` holds one ``.npy`` file a column and, written last, ``manifest.json``;
``inventory/{dataset}/current`` names the version that new readers use. Versions are never changed; the
last few stay for batches that run on them.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import InventoryError
from skybatch.inventory.image_sets import FORMAT, TILES, ImageSets, scan_codes, to_records
from skybatch.inventory.versions import drop_old_versions
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.zones import zone_keys
from skybatch.storage.trees import Tree
from skybatch.surveys.twomass.datasets import MISSION, inventory_folder

KEPT_VERSIONS = 3

Columns = dict[str, NDArray[Any]]


def publish(
    tree: Tree,
    sets: ImageSets,
    *,
    numbered: bool,
    origin: str,
    keep: int = KEPT_VERSIONS,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> str:
    """Write the image sets of one data set as a new version, make it current and return its name.

    ``sets`` may come in any order (its ``set_index`` is not used). ``numbered`` says that the coadd
    keys are our own numbers, ``origin`` where the metadata come from. The version that was current stays
    whole and usable whatever happens; the newest ``keep`` versions are kept. Raises InventoryError where
    two sets share an identity or a coadd key, or what was written does not read back.
    """
    _check_bounds(sets)
    columns = zone_ordered(sets)
    files = {name: _npy(column) for name, column in columns.items()}
    digest = hashlib.sha256(b"".join(hashlib.sha256(data).digest() for data in files.values())).hexdigest()
    created = now()
    version = f"{created:%Y%m%dT%H%M%S%fZ}-{digest[:8]}"
    folder = f"{inventory_folder(sets.dataset)}/{version}"
    manifest = {
        "format": FORMAT,
        "mission": MISSION,
        "dataset": sets.dataset,
        "version": version,
        "created": created.isoformat(timespec="seconds"),
        "origin": origin,
        "numbered": numbered,
        "size": len(sets),
        "reach": PixelGrids.from_table(columns["shapes"]).angular_radius if len(sets) else 0.0,
        "columns": {name: _manifest_entry(columns[name], data) for name, data in files.items()},
    }
    for name, data in files.items():
        _write_checked(tree, f"{folder}/{name}.npy", data)
    _write_checked(tree, f"{folder}/manifest.json", json.dumps(manifest, indent=1).encode())
    tree.write(f"{inventory_folder(sets.dataset)}/current", version.encode("ascii"))
    drop_old_versions(tree, sets.dataset, version, keep)
    return version


# What a record can hold; numpy would wrap around silently beyond it.
BOUNDS = {"scan": 999, "image": 9999, "coadd_key": 2**31 - 1, "header_blocks": 2**16 - 1}
MAX_BYTES = 2**32 - 1


def _check_bounds(sets: ImageSets) -> None:
    columns = [(name, getattr(sets, name), most) for name, most in BOUNDS.items()]
    columns += [("bytes", column, MAX_BYTES) for column in sets.bytes.values()]
    for name in ("quicklook_bytes", *TILES):
        columns += [(name, column, MAX_BYTES) for column in getattr(sets, name).values()]
    for name, column, most in columns:
        if len(column) and not 0 <= column.min() <= column.max() <= most:
            raise InventoryError(f"{name} from {column.min()} to {column.max()}; 0 to {most} can be kept")


def zone_ordered(sets: ImageSets) -> Columns:
    """Return the columns of an inventory, rows by declination zone, right ascension, then identity."""
    zone_key = zone_keys(sets.crval1, sets.crval2)
    code = scan_codes(sets.date, sets.hem, sets.scan, sets.image)
    order = np.lexsort((code, sets.crval2, sets.crval1, zone_key))
    grids, grid = sets.grids()
    key, key_set = _sorted_unique(sets.coadd_key[order], "coadd key")
    scan_code, scan_set = _sorted_unique(code[order], "date, hemisphere, scan and image number")
    return {
        "zone_key": zone_key[order],
        "crval1": sets.crval1[order],
        "crval2": sets.crval2[order],
        "crota2": sets.crota2[order],
        "shape": grid[order].astype(np.min_scalar_type(max(len(grids) - 1, 0))),
        "shapes": grids,
        "key": key,
        "key_set": key_set,
        "scan_code": scan_code,
        "scan_set": scan_set,
        "records": to_records(sets)[order],
    }


def _sorted_unique(values: NDArray[np.int64], what: str) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return values ascending, and the row of each. Raises InventoryError for a repeated one."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    repeated = np.flatnonzero(ordered[1:] == ordered[:-1])
    if len(repeated):
        raise InventoryError(
            f"{len(repeated)} image sets repeat the {what} of another: {ordered[repeated[0]]}"
        )
    return ordered.astype(np.int64), order.astype(np.uint32)


def _npy(column: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(column), allow_pickle=False)
    return buffer.getvalue()


def _manifest_entry(column: NDArray[Any], data: bytes) -> dict[str, Any]:
    return {
        "dtype": np.lib.format.dtype_to_descr(column.dtype),
        "shape": column.shape,
        "offset": len(data) - column.nbytes,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _write_checked(tree: Tree, path: str, data: bytes) -> None:
    tree.write(path, data)
    if tree.read(path) != data:
        raise InventoryError(f"{path} does not read back as it was written; the old version stays current")
