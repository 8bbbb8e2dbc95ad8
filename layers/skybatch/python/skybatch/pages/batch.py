"""The page of one batch: progress while it runs, its results after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from skybatch.pages.environment import render
from skybatch.pages.result_files import group_files
from skybatch.presentation import formatting
from skybatch.presentation.failure import failure_advice, failure_sentence
from skybatch.presentation.outcomes import informative_outcome_lines
from skybatch.presentation.request_summary import request_details, request_sentence
from skybatch.presentation.summary import nothing_found, part_of_chain, summary_sentences
from skybatch.presentation.survey_results import acknowledgements, survey_lines
from skybatch.status import BatchState, BatchStatus, Chain

IMAGES_SHOWN = 2500
"""Rows of the image table in one page; the tables of the batch hold all of them."""

STEPS = (
    (BatchState.ACCEPTED, "Accepted"),
    (BatchState.RESOLVING, "Resolving names"),
    (BatchState.PLANNING, "Finding images"),
    (BatchState.WORKING, "Processing images"),
    (BatchState.PACKAGING, "Packaging"),
    (BatchState.COMPLETE, "Complete"),
)
NAMING_MODES = ("region", "positions")  # those in which an object name can stand
_NOTHING_FOUND_ADVICE = (
    "The survey has no images there, or the search was too narrow. A larger region or the relation "
    "“overlap” finds more; so does another data set. Decimal coordinates are read as ICRS degrees."
)
OUTCOME_LABELS = {"over_limit": "beyond the limit"}
_NO_IMAGE = {
    **dict.fromkeys(("file", "url", "bytes", "row", "id", "reason", "preview", "colour")),
    **{"band": "", "status": "retrieved"},
}


def results_page(
    status: BatchStatus,
    images: Sequence[Mapping[str, Any]],
    *,
    after: str | None = None,
    now: datetime | None = None,
) -> str:
    """Render the page of a batch in any state as HTML.

    Parameters
    ----------
    status
        The status of the batch.
    images
        The finished images so far, or at the end all images: ``file, url, bytes, row, id, band, status,
        reason, preview, colour``. The first 2,500 are shown.
    after
        The cursor behind the last of `images`: the page polls from there while the batch runs.
    now
        The time by which the rate of a running batch is computed.
    """
    return render(
        "batch.html",
        status=status,
        title=formatting.plain(status.label or "Your images"),
        after=after or "",
        part=part_of_chain(status),
        chain_urls=_chain_urls(status.chain),
        has_quicklooks=_has_quicklooks(status, images),
        **(_final_context(status) if status.ended else _running_context(status, now or datetime.now(UTC))),
        **_request_context(status),
        **_images_context(status, images),
    )


def _images_context(status: BatchStatus, images: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    shown = [{**_NO_IMAGE, **_relative_urls(image, status.batch_id)} for image in images[:IMAGES_SHOWN]]
    total = status.images.total if status.ended else 0
    return {
        "images": shown,
        "outcome_labels": OUTCOME_LABELS,
        "images_not_shown": max(total, len(images)) - len(shown),
        "has_rows": any(image["row"] for image in shown),
        "has_previews": not status.ended or any(image["preview"] for image in shown),
        "has_colours": any(image["colour"] for image in shown),
    }


def _relative_urls(image: Mapping[str, Any], batch_id: str) -> dict[str, Any]:
    """Write URLs below the batch relative to the page, which halves the page's size."""
    base = f"/batches/{batch_id}/"
    relative = {
        name: str(image[name]).partition(base)[2] or image[name]
        for name in ("url", "preview", "colour")
        if image.get(name)
    }
    return {**image, **relative}


def _request_context(status: BatchStatus) -> dict[str, Any]:
    request = status.request
    if request is None:
        return {"asked": "", "details": []}
    return {"asked": request_sentence(request), "details": request_details(request)}


def _running_context(status: BatchStatus, now: datetime) -> dict[str, Any]:
    progress = status.progress
    finished = progress.done + progress.failed
    return {
        "steps": _steps(status.state, status.request.mode if status.request else None),
        "finished_images": finished,
        "rate": rate(finished, progress.tasks, formatting.to_utc(status.created), now),
    }


def rate(finished: int, tasks: int, since: datetime | None, now: datetime) -> str:
    """Write ``about 12 images a second, 3 minutes to go``; nothing before an image is finished."""
    seconds = (now - since).total_seconds() if since else 0.0
    if finished <= 0 or seconds <= 0:
        return ""
    per_second = finished / seconds
    number, unit = (per_second, "second") if per_second >= 1.5 else (per_second * 60, "minute")
    images = f"{formatting.count(max(1, round(number)), 'image')} a {unit}"
    left = f", {formatting.duration((tasks - finished) / per_second)} to go" if tasks > finished else ""
    return f"about {images}{left}"


def _steps(state: str, mode: str | None) -> list[dict[str, Any]]:
    resolves = state == BatchState.RESOLVING or mode in NAMING_MODES
    steps = [step for step in STEPS if step[0] != BatchState.RESOLVING or resolves]
    order = [code for code, _ in steps]
    current = order.index(BatchState(state)) if state in order else 0
    return [
        {"code": code, "title": title, "past": place < current, "current": place == current}
        for place, (code, title) in enumerate(steps)
    ]


def _final_context(status: BatchStatus) -> dict[str, Any]:
    nothing = nothing_found(status)
    return {
        "summary": summary_sentences(status),
        "nothing_found": nothing,
        "all_retrieved": status.retrieved_all,
        "nothing_found_advice": _NOTHING_FOUND_ADVICE if nothing else "",
        "failure": failure_sentence(status),
        "advice": failure_advice(status),
        "outcomes": informative_outcome_lines(status),
        "file_groups": group_files(status.files),
        "surveys": survey_lines(status),
        "acknowledgements": acknowledgements(status),
    }


def _chain_urls(chain: Chain) -> dict[str, str]:
    """Give the URLs of the neighbours' pages, relative to this one."""
    neighbours = {"previous": chain.previous, "next": chain.next, "retry": chain.retry}
    return {side: f"../{quote(str(id_), safe='')}/results" if id_ else "" for side, id_ in neighbours.items()}


def _has_quicklooks(status: BatchStatus, images: Sequence[Mapping[str, Any]]) -> bool:
    requested = status.request is not None and status.request.quicklooks
    return requested or any("_ql" in str(image.get("file")) for image in images)
