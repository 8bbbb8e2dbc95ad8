"""The page of one batch: how far it is while it runs, what came of it after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from skybatch.pages.environment import render
from skybatch.presentation import formatting, summary
from skybatch.presentation.request_summary import asked_details, asked_sentence

IMAGES_SHOWN = 2500
"""Rows of the image table in one page; the tables of the batch hold all of them."""

STEPS = (
    ("accepted", "Accepted"),
    ("resolving", "Finding names"),
    ("planning", "Finding images"),
    ("working", "Making images"),
    ("packaging", "Packing"),
    ("complete", "Done"),
)
NAMING_MODES = ("region", "positions")  # those in which an object name can stand
_ADVICE_NOTHING = (
    "The survey has nothing there, or the search was a little too narrow. A larger region or the relation "
    "“overlap” finds more; so does another data set. Decimal coordinates are read as ICRS degrees."
)
FILE_MEANINGS = {
    "images.tar": "everything: images, tables and a README, in one folder",
    "images": "one row an image that came",
    "unretrieved": "one row an image beyond the limit; posts back as it is",
    "failed": "one row an image that failed, with the reason",
    "rows": "each row you asked for, and its outcome",
    "download.sh": "fetches images and tables one by one, resumes, verifies: sh download.sh",
    "README.txt": "what is what, for whoever finds the files later",
    "md5sums.txt": "md5 of every image and table: md5sum -c md5sums.txt",
    "manifest.json": "all images and tables with sizes and md5, for programs",
    "request.json": "what you asked, as it can be posted again",
}
IMAGE_ENDS = {"over_limit": "beyond the limit"}
_BLANK_IMAGE = {
    **dict.fromkeys(("file", "url", "bytes", "row", "id", "reason", "preview", "colour")),
    **{"band": "", "status": "retrieved"},
}
_TABLE_ENDINGS = (".tbl", ".xml", ".csv", ".html")


def results_page(
    status: Mapping[str, Any],
    images: Sequence[Mapping[str, Any]],
    *,
    after: str | None = None,
    now: datetime | None = None,
) -> str:
    """The page of a batch in any state, as HTML.

    `status` is the object of ``GET /batches/{id}``; with ``asked`` and ``reasons`` (see
    `skybatch.batch.request_facts.request_facts`, `skybatch.batch.reasons.group_reasons`) the page
    also says what was asked and why rows are missing. `images` are the finished images so far, or at the end
    all images: ``file, url, bytes, row, id, band, status, reason, preview, colour``; the first 2,500
    are shown. `after` is the cursor behind the last of them, from where the page goes on asking
    while the batch runs.
    """
    status = summary.whole(status)
    finished = status["state"] in summary.FINISHED
    return render(
        "results.html",
        status=status,
        title=formatting.plain(status["label"] or "Your images"),
        finished=finished,
        after=after or "",
        part=summary.part(status),
        chain={**(status["chain"] or {}), "part": (status["chain"] or {}).get("part") or 1},
        chain_pages=_chain_pages(status["chain"] or {}),
        quicklooks=_quicklooks(status, images),
        **(_after_facts(status) if finished else _running_facts(status, now or datetime.now(UTC))),
        **_asked_facts(status["asked"] or {}),
        **_image_facts(
            images, str(status["batch_id"]), sum(status["images"].values()) if finished else 0, not finished
        ),
    )


def _image_facts(
    images: Sequence[Mapping[str, Any]], batch_id: str, total: int, running: bool
) -> dict[str, Any]:
    shown = [{**_BLANK_IMAGE, **_near(image, batch_id)} for image in images[:IMAGES_SHOWN]]
    return {
        "images": shown,
        "image_ends": IMAGE_ENDS,
        "images_left": max(total, len(images)) - len(shown),
        "listed": any(image["row"] for image in shown),
        "previews": running or any(image["preview"] for image in shown),
        "colours": any(image["colour"] for image in shown),
    }


def _near(image: Mapping[str, Any], batch_id: str) -> dict[str, Any]:
    """The image with addresses below its batch written relative to the page: half the page's bytes."""
    own = f"/batches/{batch_id}/"
    shorter = {
        name: str(image[name]).partition(own)[2] or image[name]
        for name in ("url", "preview", "colour")
        if image.get(name)
    }
    return {**image, **shorter}


def _asked_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    sentence, details = (asked_sentence(facts), asked_details(facts)) if facts else ("", [])
    return {"asked": sentence, "details": details}


def _running_facts(status: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    progress = status["progress"]
    settled, tasks = progress["done"] + progress["failed"], progress["tasks"]
    return {
        "steps": _steps(status["state"], (status["asked"] or {}).get("mode")),
        "settled": settled,
        "tasks": tasks,
        "pace": pace(settled, tasks, formatting.instant(status["created"]), now),
    }


def pace(settled: int, tasks: int, since: datetime | None, now: datetime) -> str:
    """``about 12 images a second, 3 minutes to go``; empty before there is anything to go by."""
    seconds = (now - since).total_seconds() if since else 0.0
    if settled <= 0 or seconds <= 0:
        return ""
    rate = settled / seconds
    number, span = (rate, "second") if rate >= 1.5 else (rate * 60, "minute")
    spoken = f"{formatting.count(max(1, round(number)), 'image')} a {span}"
    left = f", {formatting.duration((tasks - settled) / rate)} to go" if tasks > settled else ""
    return f"about {spoken}{left}"


def _steps(state: str, mode: str | None) -> list[dict[str, Any]]:
    steps = [step for step in STEPS if step[0] != "resolving" or state == "resolving" or mode in NAMING_MODES]
    order = [code for code, _ in steps]
    here = order.index(state) if state in order else 0
    return [
        {"code": code, "title": title, "past": place < here, "here": place == here}
        for place, (code, title) in enumerate(steps)
    ]


def _after_facts(status: Mapping[str, Any]) -> dict[str, Any]:
    nothing = summary.nothing_found(status)
    return {
        "summary": summary.summary(status),
        "nothing": nothing,
        "whole": not (summary.missing_rows(status) or status["unretrieved"]),
        "nothing_advice": _ADVICE_NOTHING if nothing else "",
        "failure": summary.failure(status),
        "advice": summary.advice(status),
        "outcomes": summary.told_outcomes(status),
        "files": files_in_order(status["files"]),
    }


def files_in_order(files: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The files of a batch, one entry a thing: a table's formats stand together in its entry.

    Each entry: ``meaning``, ``main`` (whether it is the archive) and ``files``.
    """
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for entry in files:
        groups.setdefault(_thing(entry["name"]), []).append(entry)
    order = list(FILE_MEANINGS)
    things = sorted(groups, key=lambda thing: order.index(thing) if thing in order else len(order))
    return [
        {"meaning": _meaning(thing), "main": thing == "images.tar", "files": groups[thing]}
        for thing in things
    ]


def _thing(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return stem if dot + ending in _TABLE_ENDINGS and stem in FILE_MEANINGS else name


def _meaning(thing: str) -> str:
    return FILE_MEANINGS.get(thing, "your table, as you sent it")


def _chain_pages(chain: Mapping[str, Any]) -> dict[str, str]:
    """Addresses of the neighbours' pages; a neighbour is given by id or by its address."""
    sides = {side: chain.get(side) for side in ("previous", "next", "retry")}
    return {side: _page_of(str(neighbour)) if neighbour else "" for side, neighbour in sides.items()}


def _page_of(neighbour: str) -> str:
    return neighbour if "/" in neighbour else f"../{quote(neighbour, safe='')}/results"


def _quicklooks(status: Mapping[str, Any], images: Sequence[Mapping[str, Any]]) -> bool:
    return bool((status["asked"] or {}).get("quicklooks")) or any(
        "_ql" in str(image.get("file")) for image in images
    )
