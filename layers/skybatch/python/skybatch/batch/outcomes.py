"""What became of every image and every row: settled once, read by everything after.

``outcomes.jsonl`` is written by whoever comes first; from then on a late success or failure changes
nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from skybatch.batch import keys
from skybatch.batch.failures import read_failure
from skybatch.batch.plan import Plan, Task
from skybatch.batch.reasons import BEYOND_LIMIT, CANCELLED_REASON
from skybatch.batch.store import BatchStore, to_json_lines


class ImageStatus(StrEnum):
    """What can become of an image; each row's outcome is one of these or of `RowOutcome`'s own."""

    RETRIEVED = "retrieved"
    OVER_LIMIT = "over_limit"
    FAILED = "failed"
    CANCELLED = "cancelled"


# Outcomes of a row, in the order the status object lists them.
ROW_OUTCOMES = (
    "retrieved",
    "partial",
    "over_limit",
    "failed",
    "not_covered",
    "unresolved",
    "duplicate",
    "cancelled",
)


@dataclass(frozen=True)
class ImageOutcome:
    """What became of one task: its status, the file's real size in bytes (0 if none), and why."""

    index: int
    status: ImageStatus
    bytes: int = 0
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the line of ``outcomes.jsonl``."""
        return {"n": self.index, "status": self.status, "bytes": self.bytes, "reason": self.reason}

    @classmethod
    def from_json(cls, line: dict[str, Any]) -> ImageOutcome:
        """Read a line of ``outcomes.jsonl``."""
        return cls(line["n"], ImageStatus(line["status"]), line["bytes"], line["reason"])


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row of the request, and how many of its images came or did not."""

    row: int
    outcome: str
    reason: str | None
    counts: dict[str, int]


def decide_outcomes(store: BatchStore, plan: Plan) -> list[ImageOutcome]:
    """Decide every task's outcome from what the bucket holds now, or read what was decided before."""
    decided = load_outcomes(store)
    if decided is not None:
        return decided
    images = {stored.name: stored.bytes for stored in store.list(keys.IMAGES)}
    failures = _failures(store, plan, images)
    cancelled = store.exists(keys.CANCELLATION)
    outcomes = list(_within_limit(plan, _each(plan, images, failures, cancelled)))
    if store.create(
        keys.OUTCOMES, to_json_lines(outcome.to_json() for outcome in outcomes), "application/jsonl"
    ):
        return outcomes
    return load_outcomes(store) or []


def load_outcomes(store: BatchStore) -> list[ImageOutcome] | None:
    """The settled outcomes in plan order, or None where nothing is settled yet."""
    lines = store.read_lines(keys.OUTCOMES)
    return None if lines is None else [ImageOutcome.from_json(line) for line in lines]


def _failures(store: BatchStore, plan: Plan, images: dict[str, int]) -> dict[str, str]:
    """Reasons by file name, of the tasks that failed and did not succeed after all."""
    failed = [keys.failed_file(stored.name) for stored in store.list(keys.FAILURES)]
    lost = [file for file in failed if file not in images]
    bodies = store.read_many(keys.failure(file) for file in lost)
    return {file: read_failure(body) for file, body in zip(lost, bodies, strict=True)}


def _each(
    plan: Plan, images: dict[str, int], failures: dict[str, str], cancelled: bool
) -> Iterable[ImageOutcome]:
    """A success beats a failure; what has neither lay beyond the limit, or was cancelled."""
    for task in plan.tasks:
        if task.refusal is not None:
            yield ImageOutcome(task.index, ImageStatus.FAILED, reason=task.refusal)
        elif task.file in images:
            yield ImageOutcome(task.index, ImageStatus.RETRIEVED, images[task.file])
        elif task.file in failures:
            yield ImageOutcome(task.index, ImageStatus.FAILED, reason=failures[task.file])
        elif cancelled:
            yield ImageOutcome(task.index, ImageStatus.CANCELLED, reason=CANCELLED_REASON)
        else:
            yield ImageOutcome(task.index, ImageStatus.OVER_LIMIT, reason=BEYOND_LIMIT)


def _within_limit(plan: Plan, outcomes: Iterable[ImageOutcome]) -> Iterable[ImageOutcome]:
    """Hold the limit by real sizes too: once an image does not fit, nothing after it is retrieved.

    Planned sizes are exact, so this takes something back only where the archive changed under its
    inventory, or where a task came after all that was given up and whose room others got.
    """
    total, full = 0, False
    for outcome in outcomes:
        if outcome.status is ImageStatus.RETRIEVED:
            full = full or total + outcome.bytes > plan.limit
            if full:
                yield ImageOutcome(outcome.index, ImageStatus.OVER_LIMIT, reason=BEYOND_LIMIT)
                continue
            total += outcome.bytes
        yield outcome


def row_outcomes(plan: Plan, outcomes: Sequence[ImageOutcome], rows: int) -> list[RowOutcome]:
    """One outcome for each of the request's rows, in row order.

    A row all of whose images came is ``retrieved``, one with some ``partial``; a row with none has the
    first of over_limit, failed, cancelled that any of its images has.
    """
    by_row: dict[int, list[ImageOutcome]] = defaultdict(list)
    for task, outcome in zip(plan.tasks, outcomes, strict=True):
        by_row[task.row].append(outcome)
    return [_row_outcome(plan, row, by_row.get(row, [])) for row in range(rows)]


def _row_outcome(plan: Plan, row: int, images: Sequence[ImageOutcome]) -> RowOutcome:
    if not images:
        outcome, why = plan.unplanned[row]
        return RowOutcome(row, outcome, why, {})
    counts = Counter(image.status.value for image in images)
    reasons = Counter(image.reason for image in images if image.reason)
    reason = reasons.most_common(1)[0][0] if reasons else None
    if set(counts) == {"retrieved"}:
        return RowOutcome(row, "retrieved", None, counts)
    if "retrieved" in counts:
        return RowOutcome(row, "partial", reason, counts)
    first = next(status for status in ("over_limit", "failed", "cancelled") if status in counts)
    return RowOutcome(row, first, reason, counts)


def was_cancelled(outcomes: Sequence[ImageOutcome], rows: Sequence[RowOutcome]) -> bool:
    """Whether cancelling kept anything back; a wish that came too late changed nothing."""
    return any(o.status is ImageStatus.CANCELLED for o in outcomes) or any(
        r.outcome == "cancelled" for r in rows
    )


def with_status(
    plan: Plan, outcomes: Sequence[ImageOutcome], status: ImageStatus
) -> list[tuple[Task, ImageOutcome]]:
    """The tasks that ended so, with their outcomes, in plan order."""
    return [
        (task, outcome)
        for task, outcome in zip(plan.tasks, outcomes, strict=True)
        if outcome.status is status
    ]
