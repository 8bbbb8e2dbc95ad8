"""The status of a batch at every moment of its life, from what its store holds.

Reads a handful of small objects; lists nothing, asks no service.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from skybatch.batch import keys
from skybatch.batch.absent import total_absent
from skybatch.batch.codes import ImageStatus, Remainder, RowStatus
from skybatch.batch.outcomes import ImageOutcome, RowOutcome
from skybatch.batch.plan import Plan, Task
from skybatch.batch.reasons import group_reasons
from skybatch.batch.record import BatchRecord, load_record, load_request
from skybatch.batch.request_facts import request_facts
from skybatch.batch.size_limit import batches_needed
from skybatch.batch.store import BatchStore
from skybatch.batch.survey_outcomes import outcomes_by_survey
from skybatch.requests.model import Request
from skybatch.status import (
    BatchState,
    BatchStatus,
    Chain,
    ImageCounts,
    Progress,
    RequestSummary,
    ResultFile,
    RowCounts,
    SurveyCounts,
    Unretrieved,
)

# The notifier has a minute; after that it died between taking the email on and saying that it went.
SECONDS_TO_MAIL = 90

# By what became of the email.
MAIL_NOTICES = {
    "failed": "The email about this batch could not be sent.",
    "bounced": "The email about this batch came back: its address takes no mail.",
    "complained": "The email about this batch was reported as unwanted; its address is sent no more.",
    "blocked": "No email was sent: its address has asked for no more mail from this service.",
    "held": "The email about this batch waits until its address is confirmed by the link sent to it.",
}


def to_iso(moment: float) -> str:
    """Write a Unix time as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def read_status(store: BatchStore, now: float) -> BatchStatus:
    """Read the status of a batch in any state.

    Raises NotFound, or Expired once the results are gone.
    """
    record = load_record(store, now)
    final, accepted, progress = store.read_jsons(keys.STATUS, keys.ACCEPTED, keys.PROGRESS)
    if final is None:  # no batch follows one that has not ended, and no email is due
        return replace(
            _running(record, accepted, progress), chain=_chain(record, _planned_parts(record, progress))
        )
    mail, following, retry = store.read_jsons(
        keys.MAIL, keys.next_batch(Remainder.UNRETRIEVED), keys.next_batch(Remainder.FAILED)
    )
    status = BatchStatus.from_json(final)
    return replace(
        status,
        chain=_chain(record, status.chain.parts, following, retry),
        mail=(mail or {}).get("state"),
        notices=(*status.notices, *_mail_notices(mail or {}, now)),
    )


def _planned_parts(record: BatchRecord, progress: dict[str, Any] | None) -> int | None:
    """Give the parts of the whole chain by the plan's sizes, None before there is a plan."""
    planned = (progress or {}).get("parts")
    return None if planned is None else record.part - 1 + int(planned)


def _mail_notices(mail: dict[str, Any], now: float) -> list[str]:
    """Tell of an email that did not go out, or of which nobody knows."""
    if mail.get("state") in MAIL_NOTICES:
        return [MAIL_NOTICES[mail["state"]]]
    if mail.get("state") == "sending" and now - mail["at"] > SECONDS_TO_MAIL:
        return ["The email about this batch may not have been sent."]
    return []


def _chain(
    record: BatchRecord,
    parts: int | None,
    following: dict[str, Any] | None = None,
    retry: dict[str, Any] | None = None,
) -> Chain:
    """Give the neighbours; ``parts`` by planned sizes, None where that is not known yet.

    A batch of what failed in another is no part of that one's chain, and begins one of its own.
    """
    return Chain(
        part=record.part,
        parts=parts,
        previous=record.previous,
        next=(following or {}).get("batch_id"),
        retry=(retry or {}).get("batch_id"),
        lost_before=record.images_lost_before,
    )


def _running(
    record: BatchRecord, accepted: dict[str, Any] | None, progress: dict[str, Any] | None
) -> BatchStatus:
    counts = Progress.from_json(progress)
    status = _new_status(record, accepted or {}, (progress or {}).get("state", BatchState.ACCEPTED))
    rows = RowCounts(total=status.request.rows if status.request else 0)
    notices = (*status.notices, *(progress or {}).get("notices", ()))
    return replace(status, progress=counts, rows=rows, bytes=counts.bytes_done, notices=notices)


def _new_status(record: BatchRecord, accepted: dict[str, Any], state: str) -> BatchStatus:
    """Give what is known of a batch from its submission on."""
    asked = accepted.get("asked")
    return BatchStatus(
        batch_id=record.batch_id,
        state=state,
        label=accepted.get("label"),
        mode=accepted.get("mode"),
        created=to_iso(record.created),
        expires=to_iso(record.expires),
        limit_bytes=record.limit_bytes,
        notices=tuple(accepted.get("notices", ())),
        request=RequestSummary.from_json(asked) if asked else None,
        chain=Chain(lost_before=record.images_lost_before),
    )


def accepted_facts(request: Request) -> dict[str, Any]:
    """Give the few facts of a request that the status shows, as ``accepted.json`` holds them."""
    return {
        "label": request.label,
        "mode": str(request.mode),
        "notices": list(request.notices),
        "asked": request_facts(request).to_json(),
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
) -> BatchStatus:
    """Give the status of a batch whose outcomes are final and packaged."""
    images = Counter(outcome.status for outcome in outcomes)
    delivered = sum(outcome.bytes for outcome in outcomes)
    left = _over_limit(plan, outcomes)
    parts = record.part + batches_needed((task.planned_bytes for task in left), plan.limit)
    state = BatchState.CANCELLED if cancelled else BatchState.COMPLETE
    return replace(
        _new_status(record, accepted_facts(request), state),
        notices=(*request.notices, *plan.notices),
        finished=to_iso(now),
        progress=Progress(
            tasks=len(plan.tasks) - len(left),
            done=images[ImageStatus.RETRIEVED],
            failed=images[ImageStatus.FAILED],
            bytes_done=delivered,
            bytes_planned=delivered,
        ),
        rows=_row_counts([row.status for row in rows]),
        images=_image_counts(zip(plan.tasks, outcomes, strict=True)),
        bytes=delivered,
        files=tuple(replace(file, url=record.file_url(file.name)) for file in files),
        unretrieved=_unretrieved(record, left),
        chain=Chain(parts=None if cancelled else parts, lost_before=record.images_lost_before),
        reasons=group_reasons(_row_reasons(request, rows)),
        absent=total_absent(plan.absent, plan.bands(), _rows_without_any_held(rows)),
        surveys=_survey_counts(plan, outcomes, len(rows)) if plan.surveys else None,
    )


def _survey_counts(plan: Plan, outcomes: Sequence[ImageOutcome], rows: int) -> dict[str, SurveyCounts]:
    """Count rows, images and bytes of each of several surveys, by its id."""
    images = list(zip(plan.tasks, outcomes, strict=True))
    counts = {}
    for dataset, statuses in outcomes_by_survey(plan, outcomes, rows).items():
        own = [(task, outcome) for task, outcome in images if task.dataset == dataset]
        delivered = sum(outcome.bytes for _, outcome in own)
        counts[plan.surveys[dataset]] = SurveyCounts(_row_counts(statuses), _image_counts(own), delivered)
    return counts


def _image_counts(images: Iterable[tuple[Task, ImageOutcome]]) -> ImageCounts:
    pairs = list(images)
    by_status = Counter(outcome.status for _, outcome in pairs)
    retrieved = [task for task, outcome in pairs if outcome.status is ImageStatus.RETRIEVED]
    return ImageCounts(
        retrieved=by_status[ImageStatus.RETRIEVED],
        over_limit=by_status[ImageStatus.OVER_LIMIT],
        failed=by_status[ImageStatus.FAILED],
        cancelled=by_status[ImageStatus.CANCELLED],
        crops=sum(task.box is not None for task in retrieved),
        cut_at_edge=sum(task.cut_at_edge for task in retrieved),
    )


def _over_limit(plan: Plan, outcomes: Sequence[ImageOutcome]) -> list[Task]:
    pairs = zip(plan.tasks, outcomes, strict=True)
    return [task for task, outcome in pairs if outcome.status is ImageStatus.OVER_LIMIT]


def _row_counts(statuses: Sequence[RowStatus]) -> RowCounts:
    by_status = Counter(statuses)
    return RowCounts(total=len(statuses), **{str(status): by_status[status] for status in RowStatus})


def _row_reasons(request: Request, rows: Sequence[RowOutcome]) -> list[dict[str, Any]]:
    return [
        {
            "outcome": row.status,
            "reason": reason,
            "code": code,
            "row": request.rows[row.row].row_number or row.row + 1,
            "id": request.rows[row.row].id,
        }
        for row in rows
        for reason, code in row.reasons
    ]


def _rows_without_any_held(rows: Sequence[RowOutcome]) -> int:
    return sum(row.absent is not None and row.status is RowStatus.NOT_COVERED for row in rows)


def _unretrieved(record: BatchRecord, left: Sequence[Task]) -> Unretrieved | None:
    if not left:
        return None
    return Unretrieved(len(left), sum(task.planned_bytes for task in left), record.url("resubmit"))


def record_failure(store: BatchStore, reason: str, now: float) -> BatchStatus:
    """Record that the batch as a whole failed, unless it has ended already; return its final status."""
    record = load_record(store)
    rows = len(load_request(store).rows)
    failed = replace(
        _running(record, *store.read_jsons(keys.ACCEPTED, keys.PROGRESS)),
        state=BatchState.FAILED,
        finished=to_iso(now),
        reason=reason,
        rows=RowCounts(total=rows, failed=rows),
    )
    return create_final(store, failed)


def create_final(store: BatchStore, status: BatchStatus) -> BatchStatus:
    """Store the final status unless there is one; return the one that is stored then."""
    store.create_json(keys.STATUS, status.to_json())
    stored = store.read_json(keys.STATUS)
    return BatchStatus.from_json(stored) if stored else status
