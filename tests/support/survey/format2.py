"""Inventories of format 2, as earlier versions published them."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.inventory.image_sets import RECORD, SUFFIXES, TILES, ImageSets, scan_codes
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.zones import zone_keys
from skybatch.storage.trees import Tree
from skybatch.surveys.image_id import inventory_folder
from skybatch.surveys.twomass.bands import BANDS

VERSION = "20260101T000000000000Z-00000002"
_PER_SET = ("coadd_key", "date", "ut_date", "hem", "scan", "image", "header_blocks")


def publish_format2(tree: Tree, sets: ImageSets, numbered: bool = False, records: Any = RECORD) -> str:
    """Publish image sets as the version `VERSION`, with or without the fields of tiles."""
    columns = zone_ordered(sets)
    columns["records"] = columns["records"][list(records.names)].astype(records)
    entries = {}
    folder = f"{inventory_folder(sets.dataset)}/{VERSION}"
    for name, column in columns.items():
        file = io.BytesIO()
        np.lib.format.write_array(file, np.ascontiguousarray(column), allow_pickle=False)
        tree.write(f"{folder}/{name}.npy", file.getvalue())
        entries[name] = {
            "dtype": np.lib.format.dtype_to_descr(column.dtype),
            "shape": column.shape,
            "offset": len(file.getvalue()) - column.nbytes,
            "bytes": len(file.getvalue()),
        }
    reach = PixelGrids.from_table(columns["shapes"]).angular_radius if len(sets) else 0.0
    manifest = {"format": 2, "size": len(sets), "numbered": numbered, "reach": reach, "columns": entries}
    tree.write(f"{folder}/manifest.json", json.dumps(manifest).encode())
    tree.write(f"{inventory_folder(sets.dataset)}/current", VERSION.encode())
    return VERSION


def zone_ordered(sets: ImageSets) -> dict[str, NDArray[Any]]:
    """The columns of an inventory of format 2, rows by declination zone, right ascension, then identity."""
    zone_key = zone_keys(sets.crval1, sets.crval2)
    code = scan_codes(sets.date, sets.hem, sets.scan, sets.image)
    order = np.lexsort((code, sets.crval2, sets.crval1, zone_key))
    grids, grid = sets.grids()
    by_key, by_code = np.argsort(sets.coadd_key[order]), np.argsort(code[order])
    return {
        "zone_key": zone_key[order],
        "crval1": sets.crval1[order],
        "crval2": sets.crval2[order],
        "crota2": sets.crota2[order],
        "shape": grid[order].astype(np.min_scalar_type(max(len(grids) - 1, 0))),
        "shapes": grids,
        "key": sets.coadd_key[order][by_key].astype(np.int64),
        "key_set": by_key.astype(np.uint32),
        "scan_code": code[order][by_code],
        "scan_set": by_code.astype(np.uint32),
        "records": to_records(sets)[order],
    }


def to_records(sets: ImageSets) -> NDArray[np.void]:
    """The details of sets as records (n,) of dtype `RECORD`."""
    records = np.zeros(len(sets), dtype=RECORD)
    for name in _PER_SET:
        records[name] = getattr(sets, name)
    for number, band in enumerate(BANDS):
        for name in ("bytes", "quicklook_bytes", "seesh", "magzp", "msnr10", *TILES):
            records[name][:, number] = getattr(sets, name)[band]
        for name in ("suffix", "quicklook_suffix"):
            given = getattr(sets, name)[band]
            records[name][:, number] = [list(SUFFIXES).index(suffix) for suffix in given]
    return records
