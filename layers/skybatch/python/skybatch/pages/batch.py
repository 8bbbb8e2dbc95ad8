"""The page of one batch: progress while it runs, its results after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from skybatch.batch.delivery.previews import no_picture, preview_name
from skybatch.batch.results.target_choice import TargetChoice
from skybatch.batch.results.targets import Target
from skybatch.pages.environment import render
from skybatch.pages.result_files import group_files
from skybatch.plain_text import plain
from skybatch.presentation import formatting
from skybatch.presentation.failure import failure_advice, failure_sentence
from skybatch.presentation.gallery.batch_field import field_of
from skybatch.presentation.gallery.download_commands import ARCHIVE, download_commands
from skybatch.presentation.gallery.latest_images import newest_first
from skybatch.presentation.gallery.shown_targets import gallery_context, view_address
from skybatch.presentation.gallery.sky_links import sky_links
from skybatch.presentation.outcomes import informative_outcome_lines
from skybatch.presentation.request_summary import request_details, request_sentence
from skybatch.presentation.summary import nothing_found, part_of_chain, summary_sentences
from skybatch.presentation.survey_results import acknowledgements, survey_lines
from skybatch.status import BatchState, BatchStatus, Chain
from skybatch.surveys.known import band_label

DEFAULT_CHOICE = TargetChoice()
STEPS = (
    (BatchState.ACCEPTED, "Accepted"),
    (BatchState.RESOLVING, "Resolving names"),
    (BatchState.PLANNING, "Finding images"),
    (BatchState.WORKING, "Processing images"),
    (BatchState.PACKAGING, "Packaging"),
    (BatchState.COMPLETE, "Complete"),
)
_NOTHING_FOUND_ADVICE = (
    "The survey has no images there, or the search was too narrow. A larger region or the relation "
    "“overlap” finds more; so does another data set. Decimal coordinates are read as ICRS degrees."
)
TILES_SHOWN = 24
"""Images of a running batch on its page: those that finished last."""


def results_page(
    status: BatchStatus,
    targets: Sequence[Target] = (),
    choice: TargetChoice = DEFAULT_CHOICE,
) -> str:
    """Render the page of a batch that has ended as HTML: ``targets`` are all of its images."""
    return render(
        "batch.html",
        **_common_context(status, any("_ql" in p.task.file for each in targets for p in each.pictures)),
        **_final_context(status),
        after="",
        **gallery_context(targets, choice),
        sky_links=sky_links(field) if (field := field_of(status.request, targets)) else (),
    )


def running_page(
    status: BatchStatus,
    images: Sequence[Mapping[str, Any]] = (),
    *,
    after: str | None = None,
    has_names: bool = False,
    now: datetime | None = None,
) -> str:
    """Render the page of a batch that runs as HTML.

    Parameters
    ----------
    status
        The status of the batch.
    images
        The images finished last, in order: ``file, bytes, row, id, band``.
    after
        The cursor behind the last of `images`: the page polls from there.
    has_names
        Whether object names must be resolved.
    now
        The time by which the rate is computed.
    """
    bands = status.request.bands if status.request else ()
    return render(
        "batch.html",
        **_common_context(status, any("_ql" in str(image.get("file")) for image in images)),
        **_running_context(status, has_names, now or datetime.now(UTC)),
        after=after or "",
        tiles=[_tile(image) for image in newest_first(images[-TILES_SHOWN:], bands)],
        band_labels={band: _band(band) for band in bands},
    )


def _tile(image: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown of a finished image; its URLs are relative to the page, which halves its size."""
    row = f"Row {image['row']}" if image["row"] else ""
    named = plain(image["id"] or "", 40)
    return {
        "title": " · ".join(filter(None, (row, named))) or plain(image["file"], 60),
        "band": _band(str(image["band"]).lower()),
        "bytes": image["bytes"],
        "no_picture": no_picture(image["bytes"]),
        "preview": f"previews/{preview_name(image['file'])}",
        "view": view_address(image["file"], ""),
    }


def _band(band: str) -> str:
    return plain(band_label(band), 15)


def _common_context(status: BatchStatus, has_quicklooks: bool) -> dict[str, Any]:
    return {
        "status": status,
        "title": formatting.plain(status.label or "Your images"),
        "part": part_of_chain(status),
        "chain_urls": _chain_urls(status.chain),
        "has_quicklooks": has_quicklooks or (status.request is not None and status.request.quicklooks),
        **_request_context(status),
    }


def _request_context(status: BatchStatus) -> dict[str, Any]:
    request = status.request
    if request is None:
        return {"asked": "", "details": []}
    return {"asked": request_sentence(request), "details": request_details(request)}


def _running_context(status: BatchStatus, has_names: bool, now: datetime) -> dict[str, Any]:
    progress = status.progress
    finished = progress.done + progress.failed
    return {
        "steps": _steps(status.state, has_names),
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


def _steps(state: str, has_names: bool) -> list[dict[str, Any]]:
    """Return the stages that a batch has."""
    resolves = state == BatchState.RESOLVING or has_names
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
        "archive": status.file(ARCHIVE),
        "commands": download_commands(status, status.file(ARCHIVE)),
        "file_groups": [group for group in group_files(status.files) if not group.is_archive],
        "surveys": survey_lines(status),
        "acknowledgements": acknowledgements(status),
    }


def _chain_urls(chain: Chain) -> dict[str, str]:
    """Give the URLs of the neighbours' pages, relative to this one."""
    neighbours = {"previous": chain.previous, "next": chain.next, "retry": chain.retry}
    return {side: f"../{quote(str(id_), safe='')}/results" if id_ else "" for side, id_ in neighbours.items()}
