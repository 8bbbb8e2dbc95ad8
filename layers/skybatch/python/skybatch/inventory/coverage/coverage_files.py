"""What a version of an inventory covers of the sky: the files that say so, beside its columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from skybatch.storage.trees import Tree
from skybatch.surveys.image_id import inventory_folder

# The forms of the map, in the order in which they are offered, and their media types.
COVERAGE_TYPES: Mapping[str, str] = {
    "svg": "image/svg+xml",
    "fits": "application/fits",
    "json": "application/json",
}


@dataclass(frozen=True)
class Coverage:
    """A coverage map of an order, which covers a fraction of the sky; ``files`` by form."""

    order: int
    sky_fraction: float
    files: Mapping[str, bytes]


def coverage_path(dataset: str, version: str, form: str) -> str:
    """Return the path of a form of the map of a version, below the archive's root."""
    return f"{inventory_folder(dataset)}/{version}/coverage.{form}"


def published_coverage(tree: Tree, dataset: str, version: str) -> Coverage | None:
    """Return the map of a version, for one that has the same images; None where it has none."""
    manifest = json.loads(tree.read(f"{inventory_folder(dataset)}/{version}/manifest.json"))
    known = manifest.get("coverage")
    if known is None:
        return None
    files = {form: tree.read(coverage_path(dataset, version, form)) for form in COVERAGE_TYPES}
    return Coverage(known["order"], known["sky_fraction"], files)
