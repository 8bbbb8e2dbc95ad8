"""A batch told in words: headline, summary sentence, outcomes with their reasons, place in its chain.

All of it reads the object that ``GET /batches/{id}`` answers and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from skybatch.batch.codes import FailureCode, RowStatus
from skybatch.batch.parts import estimated_batches
from skybatch.batch.reasons import BEYOND_LIMIT
from skybatch.presentation.formatting import count, listing, plain, size

Status = Mapping[str, Any]
FINISHED = frozenset({"complete", "failed", "cancelled"})

OUTCOMES: dict[RowStatus, tuple[str, str]] = {
    RowStatus.RETRIEVED: ("Retrieved", "all images of the row came"),
    RowStatus.PARTIAL: ("Partly retrieved", "some images of the row came; the rows table says how many"),
    RowStatus.OVER_LIMIT: ("Beyond the limit", "left for the next batch"),
    RowStatus.FAILED: ("Failed", "the images could not be delivered"),
    RowStatus.NOT_COVERED: (
        "No image there",
        "no image set covers the position, or the key or scan is unknown",
    ),
    RowStatus.UNRESOLVED: ("Name not found", "no resolver knew the name"),
    RowStatus.DUPLICATE: ("Repeated", "an earlier row asked for the same images"),
    RowStatus.CANCELLED: ("Cancelled", "the batch was stopped before these rows"),
}
"""Title and meaning of each outcome of a row, in the order they are told."""

_SELF_EXPLAINING = frozenset({RowStatus.OVER_LIMIT, RowStatus.DUPLICATE, RowStatus.CANCELLED})

REASON_WORDS: dict[str, str] = {
    FailureCode.SOURCE_MISSING: "the archive lists the image but does not hold it",
    FailureCode.SOURCE_DAMAGED: "the stored file is damaged",
    FailureCode.SOURCE_UNSUPPORTED: "the stored file is not a plain two-dimensional image",
    FailureCode.SOURCE_DIFFERS: "the stored file is not the one that the inventory describes",
    FailureCode.GAVE_UP: "several attempts to make the image did not finish",
}


@dataclass(frozen=True)
class Outcome:
    """One line of the account: how many rows ended so, and why, most frequent reason first."""

    code: str
    title: str
    meaning: str
    rows: int
    reasons: tuple[str, ...] = ()


def outcomes(status: Status) -> list[Outcome]:
    """The outcomes that occurred, in telling order; their rows add up to the rows of the request."""
    rows = status.get("rows") or {}
    return [
        Outcome(code, title, meaning, rows[code], tuple(_reasons(status, code)))
        for code, (title, meaning) in OUTCOMES.items()
        if rows.get(code)
    ]


def told_outcomes(status: Status) -> list[Outcome]:
    """`outcomes` worth telling: a single row says nothing beside the summary, unless it has a reason."""
    told = outcomes(status)
    rows = (status.get("rows") or {}).get("total", 0)
    return told if rows > 1 or any(outcome.reasons for outcome in told) else []


def _reasons(status: Status, code: str) -> Iterable[str]:
    for group in status.get("reasons") or ():
        if group["outcome"] == code and code not in _SELF_EXPLAINING and group["reason"] != BEYOND_LIMIT:
            yield reason_sentence(group)


def reason_sentence(group: Mapping[str, Any]) -> str:
    """``the stored file is damaged: 3, rows 4, 17 (m31) and others``."""
    text = f"{reason_words(group['reason'])}: {group['rows']:,}"
    named = [plain(name, 40) for name in group.get("named") or ()]
    if not named:
        return text
    more = ["others"] if group["rows"] > len(named) else []
    return f"{text}, {'row' if len(named) + len(more) == 1 else 'rows'} {listing([*named, *more])}"


def reason_words(reason: object) -> str:
    """A reason's code in words; what is no known code, as it stands."""
    text = plain(reason, 160)
    code, _, detail = text.partition(": ")
    if code not in REASON_WORDS:
        return text
    return f"{REASON_WORDS[code]} ({detail})" if detail else REASON_WORDS[code]


def nothing_found(status: Status) -> bool:
    """Complete, and no image set matches anything that was asked."""
    rows, images = status.get("rows") or {}, status.get("images") or {}
    return status["state"] == "complete" and not any(images.values()) and not rows.get("unresolved")


def headline(status: Status) -> str:
    """The outcome in at most a few words, for titles and subjects."""
    state = str(status["state"])
    if state not in FINISHED:
        return "in progress"
    if state != "complete":
        return state
    if nothing_found(status):
        return "no image set matches"
    got, missing = (status.get("images") or {}).get("retrieved", 0), missing_rows(status)
    if not got:
        return "nothing could be retrieved"
    if status.get("unretrieved") or missing:
        return f"{count(got, 'image')}, some missing"
    return f"{count(got, 'image')}, complete"


def missing_rows(status: Status) -> int:
    """Rows that miss some or all of their images; a repeated row misses nothing."""
    rows = status.get("rows") or {}
    whole_rows = rows.get("retrieved", 0) + rows.get("duplicate", 0)
    return max(0, int(rows.get("total", 0) - whole_rows))


def summary(status: Status) -> str:
    """What came of a finished batch, in one to three sentences."""
    state = status["state"]
    if state == "failed":
        return "This batch failed, and no images can be delivered."
    if nothing_found(status):
        return "No image set matches what you asked for."
    sentences = [_what_came(status), _what_is_left(status)]
    if state == "cancelled":
        sentences.insert(0, "This batch was cancelled.")
    return " ".join(sentence for sentence in sentences if sentence)


def _what_came(status: Status) -> str:
    got, total = (status.get("images") or {}).get("retrieved", 0), status.get("bytes", 0)
    if not got:
        return "No image could be retrieved."
    came = f"{count(got, 'image')} ({size(total)})"
    missing = missing_rows(status)
    if not missing and not status.get("unretrieved"):
        return f"Everything you asked for is here: {came}."
    rows = (status.get("rows") or {}).get("total", 0)
    if rows > 1 and missing:
        verb = "lacks" if missing == 1 else "lack"
        return f"{came} {_is(got)} here; {missing:,} of {count(rows, 'row')} {verb} some or all images."
    return f"{came} {_is(got)} here."


def _what_is_left(status: Status) -> str:
    left = status.get("unretrieved")
    if not left:
        return ""
    return (
        f"{count(left['images'], 'image')} ({size(left['bytes'])}) {_is(left['images'])} beyond the limit "
        f"of {size(status.get('limit_bytes'))} a batch and can be had with the next one."
    )


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def part(status: Status) -> str:
    """``part 2 of 4`` where the batch is one of several, else empty; "about" while parts are to come."""
    chain = status.get("chain") or {}
    number, left = chain.get("part") or 1, status.get("unretrieved")
    parts = chain.get("parts") or 0
    if not (number > 1 or parts > 1 or left or chain.get("next")):
        return ""
    if parts:
        return f"part {number} of {max(number, parts)}"
    if not left:
        return f"part {number} of {number}" if status["state"] == "complete" else f"part {number}"
    to_come = estimated_batches(left["bytes"], status.get("limit_bytes"))
    return f"part {number} of about {number + to_come}"


def failure(status: Status) -> str:
    """What happened to a batch that failed: its reason as a sentence, without the code in front."""
    reason = plain(status.get("reason") or "", 400)
    words = re.sub(r"^[a-z]+(_[a-z]+)*: ", "", reason) or (
        "the service stopped before the batch was finished, and left no reason"
    )
    sentence = words[0].upper() + words[1:]
    return sentence if sentence[-1] in ".!?…" else sentence + "."


def advice(status: Status) -> str:
    """What to do about a batch that failed, by its reason."""
    reason = str(status.get("reason") or "").lower()
    for words, what in _ADVICE:
        if any(word in reason for word in words):
            return what
    return (
        "Your request is kept: submit it again from the form, or post the request.json of this batch. If it "
        "fails a second time, tell the operators of this service, with the batch number."
    )


_ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("larger than the limit",),
        "Ask for crops (a size column), for compressed Quicklooks, or for Atlas images as stored (fits.gz), "
        "so that each image fits within the limit.",
    ),
    (
        ("too_large", "image sets match", "one request may ask"),
        "Split the request: a smaller diameter, fewer rows or fewer bands, in several batches.",
    ),
    (
        ("inventory",),
        "The data set cannot be read just now; the operators have been told. Submit the same request "
        "again later.",
    ),
    (
        ("timed out", "timed_out", "deadline", "timeout", "took too long"),
        "Submit the same request again; if it is a large one, in two halves.",
    ),
)

_BLANK: dict[str, Any] = {
    **dict.fromkeys(("batch_id", "label", "created", "finished", "expires", "reason", "mail", "asked")),
    **{"unretrieved": None, "chain": None, "bytes": 0, "limit_bytes": 0},
    **{"notices": (), "reasons": (), "files": ()},
}
_BLANK_PROGRESS = {"tasks": 0, "done": 0, "failed": 0, "bytes_done": 0, "bytes_planned": 0}


def whole(status: Status) -> dict[str, Any]:
    """The status with every field there that pages and emails look at; early states lack most."""
    filled = {**_BLANK, **status}
    filled["progress"] = {**_BLANK_PROGRESS, **(status.get("progress") or {})}
    filled["rows"] = {"total": 0, **(status.get("rows") or {})}
    filled["images"] = {"retrieved": 0, "over_limit": 0, "failed": 0, **(status.get("images") or {})}
    return filled
