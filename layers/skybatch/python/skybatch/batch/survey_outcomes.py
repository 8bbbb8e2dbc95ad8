"""What became of the rows of a request in each of the surveys that it names, beside what did in all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from skybatch.batch.codes import RowStatus
from skybatch.batch.outcomes import ImageOutcome, status_of_images
from skybatch.batch.plan import Plan

# Of a row without any image these hold in each survey alike.
_OF_ALL_SURVEYS = frozenset({RowStatus.UNRESOLVED, RowStatus.CANCELLED})


def outcomes_by_survey(
    plan: Plan, outcomes: Sequence[ImageOutcome], rows: int
) -> Mapping[str, list[RowStatus]]:
    """Return the outcome of each row in each data set of a request that names several; empty for one.

    In each data set every row has exactly one: that of its images of this data set alone.
    """
    images: dict[tuple[str, int], list[ImageOutcome]] = defaultdict(list)
    for task, outcome in zip(plan.tasks, outcomes, strict=True):
        images[task.dataset, task.row].append(outcome)
    return {
        dataset: [
            status_of_images(image.status for image in images[dataset, row])
            if (dataset, row) in images
            else _without_images(plan, row, repeated)
            for row in range(rows)
        ]
        for dataset, repeated in ((each, frozenset(found)) for each, found in plan.repeated.items())
    }


def _without_images(plan: Plan, row: int, repeated: frozenset[int]) -> RowStatus:
    if row in repeated:
        return RowStatus.DUPLICATE
    status = plan.unplanned[row][0] if row in plan.unplanned else RowStatus.NOT_COVERED
    return status if status in _OF_ALL_SURVEYS else RowStatus.NOT_COVERED
