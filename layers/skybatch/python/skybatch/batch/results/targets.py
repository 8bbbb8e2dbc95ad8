"""The images of an ended batch by target: an image set of a row, its bands side by side."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.batch.delivery.previews import colour_names
from skybatch.batch.delivery.set_names import set_of
from skybatch.batch.journal import all_entries
from skybatch.batch.outcomes import ImageOutcome, load_outcomes, status_of_images
from skybatch.batch.plan import Plan, Task, load_plan
from skybatch.batch.record import load_request
from skybatch.batch.store import BatchStore
from skybatch.requests.model import Mode, Request, Row
from skybatch.surveys.known import survey_if_known

BATCHES_REMEMBERED = 3
MOST_REMEMBERED = 60_000
"""Images that are kept in memory, at most: about a kilobyte each."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of a target, whatever became of it; ``task`` has its file, band and geometry."""

    task: Task
    status: ImageStatus
    bytes: int
    reason: str | None

    @property
    def is_here(self) -> bool:
        """Whether it was delivered."""
        return self.status is ImageStatus.RETRIEVED


@dataclass(frozen=True, slots=True)
class Target:
    """An image set of a row of the request; or a row that has none.

    Attributes
    ----------
    row
        The row, with its position and id.
    row_number
        Its number where the request is a list, else None.
    outcome, reason
        What became of the target's images together, or why the row has none.
    pictures
        In the order of the survey's bands; empty where there is no image set.
    colour
        Name of the preview in colour, None where there is none.
    """

    row: Row
    row_number: int | None
    outcome: RowStatus
    reason: str | None = None
    pictures: tuple[Picture, ...] = ()
    colour: str | None = None

    @property
    def bytes(self) -> int:
        """Bytes delivered."""
        return sum(picture.bytes for picture in self.pictures)

    @property
    def is_cut(self) -> bool:
        """Whether any of its crops reaches beyond its image."""
        return any(picture.task.cut_at_edge for picture in self.pictures)


def load_targets(store: BatchStore) -> tuple[Target, ...]:
    """Read the targets of a batch that ended; one that failed before its outcomes were decided has none."""
    with _without_collection():
        plan, outcomes = load_plan(store), load_outcomes(store)
        if plan is None or outcomes is None:
            return ()
        return make_targets(load_request(store), plan, outcomes)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Look for no cycles meanwhile: ten objects are made of each image, all of which stay.

    Of 7,500 images that took a third of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def load_finished_targets(store: BatchStore) -> tuple[Target, ...]:
    """Read the targets of a batch that runs, with the images that have finished so far."""
    plan = load_plan(store)
    if plan is None:
        return ()
    sizes = {entry["file"]: entry["bytes"] for entry in all_entries(store)}
    tasks = tuple(task for task in plan.tasks if task.file in sizes)
    outcomes = [ImageOutcome(task.index, ImageStatus.RETRIEVED, sizes[task.file]) for task in tasks]
    return make_targets(load_request(store), replace(plan, tasks=tasks, unplanned={}), outcomes)


def make_targets(request: Request, plan: Plan, outcomes: Sequence[ImageOutcome]) -> tuple[Target, ...]:
    """Group images by row and image set, in the order of rows; rows without images stand among them."""
    groups: dict[int, dict[tuple[str, int | str], list[Picture]]] = {}
    for task, outcome in zip(plan.tasks, outcomes, strict=True):
        picture = Picture(task, outcome.status, outcome.bytes, outcome.explanation)
        groups.setdefault(task.row, {}).setdefault((task.dataset, set_of(task)), []).append(picture)
    colours = colour_names(task for task, o in zip(plan.tasks, outcomes, strict=True) if _is_here(o))
    targets = []
    for index, row in enumerate(request.rows):
        number = (row.row_number or None) if request.mode not in (Mode.REGION, Mode.SCAN) else None
        for pictures in groups.get(index, {}).values():
            targets.append(_target(row, number, pictures, colours))
        if index in plan.unplanned and index not in groups:
            targets.append(Target(row, number, *plan.unplanned[index]))
    return tuple(targets)


def _is_here(outcome: ImageOutcome) -> bool:
    return outcome.status is ImageStatus.RETRIEVED


def _target(row: Row, number: int | None, pictures: list[Picture], colours: dict[str, str]) -> Target:
    ordered = sorted(pictures, key=_band_order) if len(pictures) > 1 else pictures
    status = status_of_images(picture.status for picture in ordered)
    reason = next((picture.reason for picture in ordered if picture.reason), None)
    colour = next((colours[p.task.file] for p in ordered if p.task.file in colours), None)
    return Target(row, number, status, reason, tuple(ordered), colour)


def _band_order(picture: Picture) -> int:
    survey = survey_if_known(picture.task.dataset)
    bands = survey.band_order if survey else {}
    return bands.get(picture.task.band, len(bands))


@dataclass
class TargetMemory:
    """Reads targets, and keeps those of the last few batches: they never change once a batch has ended."""

    _kept: OrderedDict[str, tuple[Target, ...]] = field(default_factory=OrderedDict)

    def of(self, store: BatchStore) -> tuple[Target, ...]:
        """Return the targets of a batch that has ended."""
        if store.batch_id in self._kept:
            self._kept.move_to_end(store.batch_id)
            return self._kept[store.batch_id]
        targets = load_targets(store)
        if targets and _count(targets) <= MOST_REMEMBERED:
            self._kept[store.batch_id] = targets
            while len(self._kept) > BATCHES_REMEMBERED or self._images() > MOST_REMEMBERED:
                self._kept.popitem(last=False)
        return targets

    def _images(self) -> int:
        return sum(map(_count, self._kept.values()))


def _count(targets: Iterable[Target]) -> int:
    return sum(1 + len(target.pictures) for target in targets)
