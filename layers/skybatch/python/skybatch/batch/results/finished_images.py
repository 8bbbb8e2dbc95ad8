"""The images of a finished batch as its page lists them."""

from __future__ import annotations

from typing import Any

from skybatch.batch.codes import ImageStatus
from skybatch.batch.delivery.previews import colour_names, preview_name
from skybatch.batch.outcomes import ImageOutcome, load_outcomes
from skybatch.batch.plan import load_plan
from skybatch.batch.record import BatchRecord
from skybatch.batch.request_facts import survey_field
from skybatch.batch.store import BatchStore


def finished_images(store: BatchStore, record: BatchRecord, limit: int) -> list[dict[str, Any]]:
    """List up to ``limit`` images of a batch that ended, in plan order, each with its outcome.

    A delivered image has a ``url`` and a ``preview``, and a ``colour`` where it was delivered in three bands.
    A batch that failed before its outcomes were decided has no images.
    """
    plan, outcomes = load_plan(store, limit), load_outcomes(store, limit)
    if plan is None or outcomes is None:
        return []
    shown = list(zip(plan.tasks, outcomes, strict=True))
    delivered = [task.file for task, outcome in shown if outcome.status is ImageStatus.RETRIEVED]
    colours = colour_names(delivered)
    return [
        {
            "file": task.file,
            "bytes": outcome.bytes or None,
            "row": task.row_number,
            "id": task.id,
            "band": task.band,
            **survey_field(plan, task),
            "status": str(outcome.status),
            "reason": outcome.explanation,
            **_urls(record, task.file, outcome, colours.get(task.file)),
        }
        for task, outcome in shown
    ]


def _urls(record: BatchRecord, file: str, outcome: ImageOutcome, colour: str | None) -> dict[str, str | None]:
    if outcome.status is not ImageStatus.RETRIEVED:
        return dict.fromkeys(("url", "preview", "colour"))
    return {
        "url": record.image_url(file),
        "preview": record.preview_url(preview_name(file)),
        "colour": colour and record.preview_url(colour),
    }
