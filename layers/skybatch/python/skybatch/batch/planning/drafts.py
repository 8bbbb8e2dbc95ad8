"""What the data sets of a request hold of it: every image that matches, before repeated ones are left out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from skybatch.batch.absent import joined_absent
from skybatch.batch.plan import Task
from skybatch.batch.planning.bands_apart import beside_positions
from skybatch.batch.planning.matching import Matches, OpenInventory, match
from skybatch.batch.planning.task_builder import TaskBuilder
from skybatch.errors import TooLarge
from skybatch.requests.model import Request
from skybatch.status import AbsentImages

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory


@dataclass
class Drafts:
    """What the data sets hold of a request.

    Tasks of all data sets, rows that matched a set, inventory versions, images that are absent by row, and by
    data set and row the bands of which no image holds a position that images of others hold.
    """

    tasks: list[Task] = field(default_factory=list)
    matched: set[int] = field(default_factory=set)
    versions: dict[str, str] = field(default_factory=dict)
    absent: dict[int, AbsentImages] = field(default_factory=dict)
    beside: dict[str, dict[int, tuple[str, ...]]] = field(default_factory=dict)


def draft(request: Request, open_inventory: OpenInventory, limit: int, max_images: int) -> Drafts:
    """List the files of each row, one data set after another, repeated ones too.

    Raises
    ------
    TooLarge
        More than ``max_images`` in all data sets together; counted before any is listed.
    InventoryError
        A data set asked for has no inventory.
    """
    by_dataset = _rows_by_dataset(request)
    inventories = {dataset: open_inventory(dataset, None) for dataset in by_dataset}
    matches = {
        dataset: match(request, rows, inventories[dataset], max_images)
        for dataset, rows in by_dataset.items()
    }
    counts = (_count(request, inventories[dataset], found) for dataset, found in matches.items())
    _check_count(sum(counts), max_images)
    drafts = Drafts()
    for dataset, found in matches.items():
        builder = TaskBuilder(request, inventories[dataset], found, limit)
        drafts.versions[dataset] = inventories[dataset].version
        drafts.matched.update(found.row_index.tolist())
        drafts.tasks.extend(builder.tasks())
        lacking = builder.absent()
        drafts.beside[dataset] = beside_positions(request, inventories[dataset], found, lacking)
        for row, absent in lacking.items():
            drafts.absent[row] = joined_absent(drafts.absent.get(row), absent)
    return drafts


def _rows_by_dataset(request: Request) -> dict[str, list[int]]:
    """Return the rows that ask for each data set: those without one of their own for all of the request's."""
    by_dataset: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(request.rows):
        for dataset in (row.dataset,) if row.dataset else request.datasets:
            by_dataset[dataset].append(i)
    return by_dataset


def _check_count(images: int, max_images: int) -> None:
    if images > max_images:
        raise TooLarge(
            f"This request asks for {images:,} images; one request may ask for {max_images:,}. "
            "Please ask for a smaller region, fewer rows or fewer bands."
        )


def _count(request: Request, inventory: Inventory, matches: Matches) -> int:
    """Count the images of a data set's matches, whether or not the archive holds them."""
    asked = [request.bands_in(row, inventory.dataset) for row in request.rows]
    apart = inventory.wanted_bands(asked)
    if apart is not None:
        return int(apart[matches.row_index, inventory.own_bands(matches.set_index)].sum())
    return sum(len(asked[row]) for row in matches.row_index.tolist())
