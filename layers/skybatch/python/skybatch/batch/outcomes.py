"""The final outcomes: what became of every image and every row.

``outcomes.jsonl`` is written by whoever comes first (`skybatch.batch.execution.settlement`); from then on a
late success or failure changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skybatch.batch import keys
from skybatch.batch.absent import describe_absent
from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.batch.plan import Plan, Task
from skybatch.batch.reasons import describe_failure
from skybatch.batch.store import BatchStore
from skybatch.bundles.place import Place
from skybatch.status import AbsentImages

# What a row without any image of its own counts as: the first of these that any of its images has.
_WITHOUT_IMAGES = {
    ImageStatus.OVER_LIMIT: RowStatus.OVER_LIMIT,
    ImageStatus.FAILED: RowStatus.FAILED,
    ImageStatus.CANCELLED: RowStatus.CANCELLED,
}
_IMAGE_STATUSES = {str(each): each for each in ImageStatus}  # as in plans, there may be 100,000


@dataclass(frozen=True, slots=True)
class ImageOutcome:
    """What became of one task.

    Attributes
    ----------
    index
        The task's position in the plan.
    status
        How it ended.
    bytes
        The file's real size, 0 where there is no file.
    reason
        Why it was not retrieved; the technical details where there is a code.
    code
        What kind of failure it was: a code of `FailureCode`, None for what did not fail.
    place
        Where its file lies, for good; None where there is none, and in batches of earlier versions.
    """

    index: int
    status: ImageStatus
    bytes: int = 0
    reason: str | None = None
    code: str | None = None
    place: Place | None = None

    @property
    def explanation(self) -> str | None:
        """Why it was not retrieved, in plain words with the technical details behind them."""
        return describe_failure(self.code, self.reason)

    def to_json(self) -> dict[str, Any]:
        """Give the line of ``outcomes.jsonl``."""
        line = {"n": self.index, "status": self.status, "bytes": self.bytes, "reason": self.reason}
        place = {"place": self.place.to_json()} if self.place else {}
        return {**line, **({"code": self.code} if self.code else {}), **place}

    @classmethod
    def from_json(cls, line: dict[str, Any]) -> ImageOutcome:
        """Read a line of ``outcomes.jsonl``; older ones have neither code nor place."""
        status, place = _IMAGE_STATUSES[line["status"]], line.get("place")
        found = Place.from_json(place) if place else None
        return cls(line["n"], status, line["bytes"], line["reason"], line.get("code"), found)


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row of the request, and how many of its images ended in which status.

    ``reason`` and ``code`` are the most frequent ones of the images that were not retrieved, ``others`` those
    of other kinds; ``absent`` are images asked for that the archive does not hold, ``beside`` says in which
    bands none holds the row's position although those of other bands do, None where there are none.
    """

    row: int
    status: RowStatus
    reason: str | None
    counts: Mapping[ImageStatus, int]
    code: str | None = None
    absent: AbsentImages | None = None
    others: tuple[tuple[str, str | None], ...] = ()
    beside: str | None = None

    @property
    def reasons(self) -> list[tuple[str, str | None]]:
        """Why the row lacks images: reasons, each with its code; the first is the one of ``reason``."""
        of_images = [(self.reason, self.code)] if self.reason else []
        of_absent = [(describe_absent(self.absent), None)] if self.absent and self.counts else []
        of_beside = [(self.beside, None)] if self.beside else []
        return [*of_images, *self.others, *of_absent, *of_beside]

    @property
    def explanation(self) -> str | None:
        """Why the row lacks images, in plain words with the technical details behind them."""
        return "; ".join(describe_failure(code, reason) or "" for reason, code in self.reasons) or None


def load_outcomes(store: BatchStore, first: int | None = None) -> list[ImageOutcome] | None:
    """Read the final outcomes in plan order, or the ``first`` alone; None where nothing is decided yet."""
    lines = store.read_lines(keys.OUTCOMES, first)
    return None if lines is None else [ImageOutcome.from_json(line) for line in lines]


def row_outcomes(plan: Plan, outcomes: Sequence[ImageOutcome], rows: int) -> list[RowOutcome]:
    """Give one outcome for each of the request's rows, in row order.

    A row all of whose images were retrieved is ``retrieved``, one with some of them ``partial``; a row with
    none has the first of over_limit, failed, cancelled that any of its images has.
    """
    by_row: dict[int, list[ImageOutcome]] = defaultdict(list)
    for task, outcome in zip(plan.tasks, outcomes, strict=True):
        by_row[task.row].append(outcome)
    return [_row_outcome(plan, row, by_row.get(row, [])) for row in range(rows)]


def _row_outcome(plan: Plan, row: int, images: Sequence[ImageOutcome]) -> RowOutcome:
    absent = plan.absent.get(row)
    if not images:
        return RowOutcome(row, *plan.unplanned[row], counts={}, absent=absent)
    counts, status = Counter(image.status for image in images), status_of_images(i.status for i in images)
    beside = plan.beside.get(row)
    if status is RowStatus.RETRIEVED:
        return RowOutcome(row, RowStatus.RETRIEVED, None, counts, absent=absent, beside=beside)
    kinds = _kinds(images)
    reason, code = kinds[0] if kinds else (None, None)
    return RowOutcome(row, status, reason, counts, code, absent, tuple(kinds[1:]), beside)


def status_of_images(statuses: Iterable[ImageStatus]) -> RowStatus:
    """Return what images come to together, of which there is at least one."""
    occurring = set(statuses)
    if occurring == {ImageStatus.RETRIEVED}:
        return RowStatus.RETRIEVED
    if ImageStatus.RETRIEVED in occurring:
        return RowStatus.PARTIAL
    return next(whole for image, whole in _WITHOUT_IMAGES.items() if image in occurring)


def _kinds(images: Iterable[ImageOutcome]) -> list[tuple[str, str | None]]:
    """List the reasons of images, one of each kind, the most frequent kind first."""
    kinds: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    for image in images:
        if image.reason:
            kinds[image.code or image.reason].append((image.reason, image.code))
    ordered = sorted(kinds.values(), key=len, reverse=True)
    return [Counter(kind).most_common(1)[0][0] for kind in ordered]


def was_cancelled(outcomes: Sequence[ImageOutcome], rows: Sequence[RowOutcome]) -> bool:
    """Tell whether cancelling kept anything back; a cancellation that came too late changed nothing."""
    return any(outcome.status is ImageStatus.CANCELLED for outcome in outcomes) or any(
        row.status is RowStatus.CANCELLED for row in rows
    )


def with_status(
    plan: Plan, outcomes: Sequence[ImageOutcome], status: ImageStatus
) -> list[tuple[Task, ImageOutcome]]:
    """List the tasks that ended in a status, with their outcomes, in plan order."""
    return [
        (task, outcome)
        for task, outcome in zip(plan.tasks, outcomes, strict=True)
        if outcome.status is status
    ]
