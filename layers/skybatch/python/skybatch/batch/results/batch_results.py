"""Everything known of a batch once its outcomes are final."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.batch.file_names import delivered_path
from skybatch.batch.outcomes import ImageOutcome, RowOutcome, with_status
from skybatch.batch.plan import Plan, Task
from skybatch.batch.planning.matching import OpenInventory
from skybatch.batch.record import BatchRecord
from skybatch.batch.survey_outcomes import outcomes_by_survey
from skybatch.bundles.place import Place
from skybatch.requests.model import Request

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets

# Details of the image sets of a plan, by data set.
ImageSetsByDataset: TypeAlias = "dict[str, ImageSets]"


@dataclass(frozen=True)
class BatchResults:
    """A batch with its final outcomes; ``order`` are the numbers of its tasks in the order of the archive."""

    record: BatchRecord
    request: Request
    plan: Plan
    outcomes: Sequence[ImageOutcome]
    rows: Sequence[RowOutcome]
    order: Sequence[int] = ()

    @cached_property
    def md5(self) -> Mapping[str, str]:
        """The MD5 of each delivered image, by file name."""
        return {task.file: outcome.place.md5 for task, outcome in self.retrieved if outcome.place}

    @cached_property
    def archived(self) -> list[tuple[Task, ImageOutcome, Place]]:
        """The delivered images in the order of the archive, with their places."""
        tasks, outcomes = self.plan.tasks, self.outcomes
        found = ((tasks[number], outcomes[number], outcomes[number].place) for number in self.order)
        return [
            (task, outcome, place)
            for task, outcome, place in found
            if place and outcome.status is ImageStatus.RETRIEVED
        ]

    @cached_property
    def retrieved(self) -> list[tuple[Task, ImageOutcome]]:
        """The delivered images, in plan order."""
        return with_status(self.plan, self.outcomes, ImageStatus.RETRIEVED)

    @cached_property
    def by_survey(self) -> Mapping[str, list[RowStatus]]:
        """The outcome of each row in each of several surveys, by data set; empty where there is one."""
        return outcomes_by_survey(self.plan, self.outcomes, len(self.rows))

    def counts(self) -> dict[ImageStatus, int]:
        """Count the images of each status."""
        return {status: sum(o.status is status for o in self.outcomes) for status in ImageStatus}

    def checksums(self) -> dict[str, str]:
        """Give the MD5 of each delivered image, by its path in the archive, in plan order."""
        return {delivered_path(task.file): self.md5[task.file] for task, _ in self.retrieved}

    def image_sets(self, open_inventory: OpenInventory) -> ImageSetsByDataset:
        """Read the details of the plan's image sets, from the inventory version it was made with.

        They are read whole and at once: each table of images in each format uses nearly every column.
        """
        wanted: dict[str, set[int]] = {dataset: set() for dataset in self.plan.repeated}
        for task in self.plan.tasks:
            wanted.setdefault(task.dataset, set()).add(task.set_index)
        return {
            dataset: open_inventory(dataset, self.plan.versions[dataset])
            .details(np.array(sorted(sets), dtype=np.intp))
            .loaded()
            for dataset, sets in wanted.items()
            if sets
        }
