"""The images of a finished batch as its page lists them."""

from __future__ import annotations

from typing import Any

from skybatch.batch.outcomes import Status, load_outcomes
from skybatch.batch.plan import load_plan
from skybatch.batch.record import Record
from skybatch.batch.store import BatchStore


def finished_images(store: BatchStore, record: Record, most: int) -> list[dict[str, Any]]:
    """Up to ``most`` images of a batch that ended, in plan order, each with its outcome.

    What came has a ``url``. A batch that failed before its outcomes were settled has none to show.
    """
    plan, outcomes = load_plan(store), load_outcomes(store)
    if plan is None or outcomes is None:
        return []
    return [
        {
            "file": task.file,
            "bytes": outcome.bytes or None,
            "row": task.scntr,
            "id": task.id,
            "band": task.band,
            "status": str(outcome.status),
            "reason": outcome.reason,
            "url": record.url(f"images/{task.file}") if outcome.status is Status.RETRIEVED else None,
        }
        for task, outcome in zip(plan.tasks[:most], outcomes[:most], strict=True)
    ]
