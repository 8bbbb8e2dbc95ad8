"""Planning: a request and the inventory make the list of files to deliver.

The same request against the same inventory version gives the same plan, byte for byte.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from skybatch.batch.absent import describe_absent
from skybatch.batch.codes import FailureCode, RowStatus
from skybatch.batch.file_names import make_unique
from skybatch.batch.plan import Plan, Task
from skybatch.batch.planning.drafts import Drafts, draft
from skybatch.batch.planning.matching import OpenInventory
from skybatch.batch.planning.task_builder import TILED, wants_tiles
from skybatch.batch.request_facts import survey_ids
from skybatch.names.model import LookupStatus, NameResult
from skybatch.plain_text import join_words
from skybatch.requests.model import Mode, Request, Row
from skybatch.status import AbsentImages
from skybatch.surveys.known import band_label, survey_of

BYTES_PER_SECOND = 25_000_000
"""Bytes of a whole image that a worker surely reads and writes in a second."""


def make_plan(
    request: Request,
    open_inventory: OpenInventory,
    limit: int,
    max_images: int,
    answers: Mapping[str, NameResult] | None = None,
    worker_seconds: float | None = None,
) -> Plan:
    """List every file a request asks for.

    Parameters
    ----------
    request
        With its names resolved; rows that still have no position are `unresolved`.
    open_inventory
        Gives the inventory of a data set.
    limit
        Bytes of image files one batch may hold.
    max_images
        Most images one request may ask for.
    answers
        What the name services answered about names without a position.
    worker_seconds
        How long a worker's call may take: whole images that it could not bring in that time are refused. None
        for any time.

    Raises
    ------
    TooLarge
        More than ``max_images``; counted before anything is listed.
    InventoryError
        A data set asked for has no inventory.
    """
    drafts = draft(request, open_inventory, limit, max_images)
    kept = drafts.tasks if request.mode is Mode.POSITIONS else list(_without_repeats(request, drafts.tasks))
    if worker_seconds is not None:
        kept = [_refused_if_too_large(task, worker_seconds) for task in kept]
    beside = _beside(request, drafts)
    return Plan(
        _ordered(kept),
        drafts.versions,
        _unplanned(request, drafts, kept, answers or {}),
        limit,
        drafts.absent,
        (*_notices(request, kept), *_of_footprints(beside)),
        _repeated_in(request, drafts.tasks, kept),
        survey_ids(request.surveys),
        beside,
    )


def _refused_if_too_large(task: Task, worker_seconds: float) -> Task:
    """Refuse a whole image that no worker could read and write in its time."""
    most, size = int(worker_seconds * BYTES_PER_SECOND), max(task.bytes, task.stored_bytes or 0)
    if task.box is not None or task.refusal is not None or size <= most:
        return task
    why = f"{size:,} bytes, and a call of {worker_seconds:g} s brings {most:,}"
    return replace(task, refusal=why, refusal_code=FailureCode.OVER_WORKER_TIME)


def _notices(request: Request, tasks: Sequence[Task]) -> Iterator[str]:
    """Tell of images asked for in a form in which the archive does not have them."""
    wanted = [task for task in tasks if wants_tiles(request, task)]
    others = [task for task in wanted if task.delivery_format != TILED]
    if others:
        forms = " or ".join(sorted({task.delivery_format for task in others}))
        yield (
            f"Of {len(wanted):,} whole images asked for in tiles (form fz), {len(others):,} are not stored "
            f"so; they are delivered as {forms}."
        )


def _of_footprints(reasons: Mapping[int, str]) -> Iterator[str]:
    """Tell of positions that images of some of the bands asked for do not hold."""
    for reason, count in Counter(reasons.values()).items():
        rows = "1 row" if count == 1 else f"{count:,} rows"
        yield f"{rows}: {reason}; each band has a footprint of its own."


def _beside(request: Request, drafts: Drafts) -> dict[int, str]:
    """Say for each row in which bands no image holds its position although those of other bands do."""
    found: dict[int, list[str]] = defaultdict(list)
    for dataset, by_row in drafts.beside.items():
        of_survey = f"{survey_of(dataset).dataset_title(dataset)} " if request.surveys else ""
        for row, bands in by_row.items():
            labels = join_words([band_label(band, dataset) for band in bands], "or")
            where = f"no {of_survey}image in {labels} holds the position"
            found[row].append(f"{where}, though images of other bands do")
    return {row: "; ".join(reasons) for row, reasons in sorted(found.items())}


def _ordered(tasks: list[Task]) -> tuple[Task, ...]:
    """Sort tasks by their file names, made unique, and number them."""
    names = make_unique([task.file for task in tasks])
    named = sorted(zip(names, tasks, strict=True), key=lambda pair: pair[0])
    return tuple(replace(task, file=name, index=index) for index, (name, task) in enumerate(named))


def _without_repeats(request: Request, drafts: list[Task]) -> Iterator[Task]:
    """Yield each image once, for the first row that asks; rows with a position keep a copy of their own."""
    seen: set[tuple[str, str]] = set()
    for task in sorted(drafts, key=lambda task: task.row):
        if request.rows[task.row].position is not None:
            yield task
        elif (task.source, task.delivery_format) not in seen:
            seen.add((task.source, task.delivery_format))
            yield task


def _repeated_in(request: Request, tasks: Sequence[Task], kept: Sequence[Task]) -> dict[str, tuple[int, ...]]:
    """Return for each of several surveys the rows all of whose images in it an earlier row asks for."""
    found: dict[str, tuple[int, ...]] = {}
    for dataset in request.surveys:
        asked = {task.row for task in tasks if task.dataset == dataset}
        planned = {task.row for task in kept if task.dataset == dataset}
        found[dataset] = tuple(sorted(asked - planned))
    return found


def _unplanned(
    request: Request, drafts: Drafts, kept: Sequence[Task], answers: Mapping[str, NameResult]
) -> dict[int, tuple[RowStatus, str]]:
    """Return status and reason of each row without a task, by its index."""
    planned = {task.row for task in kept}
    repeated = {task.row for task in drafts.tasks} - planned
    return {
        i: _why_unplanned(request, row, i in repeated, i in drafts.matched, drafts.absent.get(i), answers)
        for i, row in enumerate(request.rows)
        if i not in planned
    }


def _why_unplanned(
    request: Request,
    row: Row,
    repeated: bool,
    matched: bool,
    absent: AbsentImages | None,
    answers: Mapping[str, NameResult],
) -> tuple[RowStatus, str]:
    """Give the status and reason of a row that gets no image."""
    if repeated:
        return RowStatus.DUPLICATE, "every image of this row was asked for by an earlier row"
    name = row.name if request.region is None else request.region.name
    position = row.position if request.region is None else request.region.center
    if name is not None and position is None:
        return RowStatus.UNRESOLVED, _why_unresolved(name, answers.get(name))
    if absent is not None:
        return RowStatus.NOT_COVERED, describe_absent(absent)
    if matched:
        reason = "an earlier row asks for the same images, which the archive does not hold"
        return RowStatus.NOT_COVERED, reason
    datasets = (row.dataset,) if row.dataset else request.datasets
    apart = any(survey_of(dataset).bands_apart for dataset in datasets)
    return RowStatus.NOT_COVERED, (REASONS_APART if apart else NOT_COVERED_REASONS)[request.mode]


def _why_unresolved(name: str, answer: NameResult | None) -> str:
    """Explain; an unavailable service is told apart from a name that none of them knows."""
    if answer is None:
        return f"the name {name!r} was not asked for: too many before it are unknown, or time was over"
    if answer.status is LookupStatus.UNAVAILABLE:
        return f"the name {name!r} could not be asked everywhere, please try again: {answer.explanation()}"
    return f"the name {name!r} is not known: {answer.explanation()}"


NOT_COVERED_REASONS = {
    Mode.REGION: "no image set matches the region",
    Mode.POSITIONS: "no image set contains this position",
    Mode.IMAGE_IDS: "no image set has this image_id",
    Mode.COADD_KEYS: "no image set has this coadd_key",
    Mode.SCAN: "no image set belongs to this date, hemisphere and scan",
    Mode.SCANS: "no image set belongs to this date, hemisphere, scan and image number",
}
REASONS_APART = NOT_COVERED_REASONS | {
    Mode.REGION: "no image in the bands asked for matches the region",
    Mode.POSITIONS: "no image in the bands asked for contains this position",
}
"""Where each band of an image set has a footprint of its own."""
