"""The versions of a data set's inventory: which there are, and which one is current."""

from __future__ import annotations

import re

from skybatch.errors import DatasetAbsent, InventoryError
from skybatch.storage.trees import ReadableTree, Tree
from skybatch.surveys.image_id import inventory_folder

# Where an interrupted `index` finds what it had read already; not a version.
INDEX_FOLDER = "index"
# The name of a folder, whatever operators called it.
VERSION = re.compile(r"(?!\.)[\w.+-]+", re.ASCII)


def current_version(source: ReadableTree, dataset: str) -> str:
    """Return the version that new readers use.

    Raises DatasetAbsent where the data set has none, InventoryError where what names it can be no version.
    """
    try:
        named = source.read(f"{inventory_folder(dataset)}/current")
    except FileNotFoundError as error:
        raise DatasetAbsent(f"the archive has no inventory of data set {dataset}") from error
    version = named.decode("ascii", "replace").strip()
    if not VERSION.fullmatch(version):
        raise InventoryError(f"what names the current inventory of {dataset} is damaged: {named[:40]!r}")
    return version


def versions(tree: Tree, dataset: str) -> list[str]:
    """List the versions of a data set, oldest first, incomplete ones among them."""
    folder = f"{inventory_folder(dataset)}/"
    below = (entry.path.removeprefix(folder).split("/") for entry in tree.entries(folder))
    return sorted({parts[0] for parts in below if len(parts) == 2 and parts[0] != INDEX_FOLDER})


def drop_old_versions(tree: Tree, dataset: str, current: str, keep: int) -> None:
    """Delete all but the newest ``keep`` versions; ``current`` is always kept."""
    folder = inventory_folder(dataset)
    old = [version for version in versions(tree, dataset) if version != current]
    for version in old[: max(len(old) - (keep - 1), 0)]:
        for entry in list(tree.entries(f"{folder}/{version}/")):
            tree.delete(entry.path)
