"""The status of a batch: the object that ``GET /batches/{id}`` answers, at every moment of its life.

Reads a handful of small objects; lists nothing, asks no service.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from skybatch.batch import keys
from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.batch.outcomes import ImageOutcome, RowOutcome
from skybatch.batch.parts import batches_needed
from skybatch.batch.plan import Plan, Task
from skybatch.batch.reasons import group_reasons
from skybatch.batch.record import BatchRecord, load_record, load_request
from skybatch.batch.request_facts import request_facts
from skybatch.batch.store import BatchStore
from skybatch.requests.model import Request

# The notifier has a minute; after that it died between taking the email on and saying that it went.
SECONDS_TO_MAIL = 90
# Images that were cancelled are counted by row alone.
COUNTED_IMAGES = (ImageStatus.RETRIEVED, ImageStatus.OVER_LIMIT, ImageStatus.FAILED)
ENDED = frozenset({"complete", "failed", "cancelled"})


@dataclass(frozen=True)
class ResultFile:
    """One file of a finished batch."""

    name: str
    bytes: int
    md5: str
    media_type: str


def instant(moment: float) -> str:
    """A Unix time as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def read_status(store: BatchStore, now: float) -> dict[str, Any]:
    """The status object.

    Raises NotFound, or Expired once the results are gone.
    """
    record = load_record(store, now)
    final, accepted, progress, plan = store.read_jsons(keys.STATUS, keys.ACCEPTED, keys.PROGRESS, "plan.json")
    if final is None:  # nothing follows a batch that has not ended, and no email tells of it
        parts = record.part - 1 + max(1, plan["parts"]) if plan else None
        return {**_running(record, accepted, progress), "chain": _chain(record, parts), "mail": None}
    mail, following, retry = store.read_jsons(
        keys.MAIL, keys.next_batch("unretrieved"), keys.next_batch(keys.FAILURES)
    )
    parts = (final.get("chain") or {}).get("parts")
    return {
        **final,
        "chain": _chain(record, parts, following, retry),
        "mail": (mail or {}).get("state"),
        "notices": [*final["notices"], *_mail_notices(mail or {}, now)],
    }


def _mail_notices(mail: dict[str, Any], now: float) -> list[str]:
    """What to tell of an email that did not go out, or of which nobody knows."""
    if mail.get("state") == "failed":
        return ["The email about this batch could not be sent."]
    if mail.get("state") == "sending" and now - mail["at"] > SECONDS_TO_MAIL:
        return ["The email about this batch may not have been sent."]
    return []


def _chain(
    record: BatchRecord,
    parts: int | None,
    following: dict[str, Any] | None = None,
    retry: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Its neighbours; ``parts`` by planned sizes, None where that is not known (yet).

    A batch of what failed in another is no part of that one's chain, and begins one of its own.
    """
    return {
        "part": record.part,
        "parts": parts,
        "previous": record.previous,
        "next": (following or {}).get("batch_id"),
        "retry": (retry or {}).get("batch_id"),
    }


def _running(
    record: BatchRecord, accepted: dict[str, Any] | None, progress: dict[str, Any] | None
) -> dict[str, Any]:
    head = accepted or {}
    progress = dict(progress or {"state": "accepted"})
    total = head.get("asked", {}).get("rows", 0)
    return {
        **_head(record, head),
        "state": progress.pop("state"),
        "finished": None,
        "progress": {**NO_PROGRESS, **progress},
        "rows": {"total": total, **dict.fromkeys(map(str, RowStatus), 0)},
        "images": dict.fromkeys(map(str, COUNTED_IMAGES), 0),
        "bytes": progress.get("bytes_done", 0),
        "files": [],
        "unretrieved": None,
        "reason": None,
        "reasons": [],
    }


NO_PROGRESS = {"tasks": 0, "done": 0, "failed": 0, "bytes_done": 0, "bytes_planned": 0}


def _head(record: BatchRecord, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "batch_id": record.batch_id,
        "label": facts.get("label"),
        "mode": facts.get("mode"),
        "created": instant(record.created),
        "expires": instant(record.expires),
        "limit_bytes": record.limit_bytes,
        "notices": facts.get("notices", []),
        "asked": facts.get("asked", {}),
    }


def accepted_facts(request: Request) -> dict[str, Any]:
    """The few facts of a request that the status shows; kept as ``accepted.json``."""
    return {
        "label": request.label,
        "mode": str(request.mode),
        "notices": list(request.notices),
        "asked": request_facts(request),
    }


def finished_status(
    record: BatchRecord,
    request: Request,
    plan: Plan,
    outcomes: Sequence[ImageOutcome],
    rows: Sequence[RowOutcome],
    files: Sequence[ResultFile],
    *,
    cancelled: bool,
    now: float,
) -> dict[str, Any]:
    """The status of a batch whose outcomes are settled and packaged."""
    images = Counter(outcome.status for outcome in outcomes)
    delivered = sum(outcome.bytes for outcome in outcomes)
    by_row = Counter(row.status for row in rows)
    left = [
        task
        for task, outcome in zip(plan.tasks, outcomes, strict=True)
        if outcome.status is ImageStatus.OVER_LIMIT
    ]
    return {
        **_head(record, accepted_facts(request)),
        "state": "cancelled" if cancelled else "complete",
        "finished": instant(now),
        "progress": {
            "tasks": len(plan.tasks) - images[ImageStatus.OVER_LIMIT],
            "done": images[ImageStatus.RETRIEVED],
            "failed": images[ImageStatus.FAILED],
            "bytes_done": delivered,
            "bytes_planned": delivered,
        },
        "rows": {"total": len(rows), **{str(status): by_row[status] for status in RowStatus}},
        "images": {str(status): images[status] for status in COUNTED_IMAGES},
        "bytes": delivered,
        "files": [{**vars(file), "url": record.file_url(file.name)} for file in files],
        "unretrieved": _unretrieved(record, left),
        "chain": {
            "parts": None
            if cancelled
            else record.part + batches_needed((task.planned_bytes for task in left), plan.limit)
        },
        "reason": None,
        "reasons": group_reasons(
            {
                "outcome": row.status,
                "reason": row.reason,
                "row": request.rows[row.row].row_number or row.row + 1,
                "id": request.rows[row.row].id,
            }
            for row in rows
        ),
    }


def _unretrieved(record: BatchRecord, left: Sequence[Task]) -> dict[str, Any] | None:
    if not left:
        return None
    return {
        "images": len(left),
        "bytes": sum(task.bytes for task in left),
        "resubmit_url": record.url("resubmit"),
    }


def record_failure(store: BatchStore, reason: str, now: float) -> dict[str, Any]:
    """Record that the batch as a whole failed, unless it has ended already; returns its final status."""
    record = load_record(store)
    told = _running(record, *store.read_jsons(keys.ACCEPTED, keys.PROGRESS))
    status = {**told, "state": "failed", "finished": instant(now), "reason": reason}
    rows = len(load_request(store).rows)
    status["rows"] = {"total": rows, **dict.fromkeys(map(str, RowStatus), 0), "failed": rows}
    store.create_json(keys.STATUS, status)
    return store.read_json(keys.STATUS) or status
