"""A batch that failed as a whole: what happened, and what its user can do."""

from __future__ import annotations

import re

from skybatch.presentation.formatting import plain
from skybatch.status import BatchStatus

_CODE = re.compile(r"^[a-z]+(_[a-z]+)*: ")
_NO_REASON = "the service stopped before the batch was finished, and left no reason"
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
        "The data set cannot be read at the moment; the operators have been notified. Submit the same "
        "request again later.",
    ),
    (
        ("timed out", "timed_out", "deadline", "timeout", "took too long"),
        "Submit the same request again; split a large one into two halves.",
    ),
)
"""What to do, by words that the reason has; the first match counts."""
_ADVICE_OTHERWISE = (
    "Your request is kept: submit it again from the form, or post the request.json of this batch. If it "
    "fails a second time, contact the operators of this service and give the batch number."
)


def failure_sentence(status: BatchStatus) -> str:
    """Write the reason of the failure as a sentence, without its code."""
    reason = _CODE.sub("", plain(status.reason or "", 400)) or _NO_REASON
    sentence = reason[0].upper() + reason[1:]
    return sentence if sentence[-1] in ".!?…" else sentence + "."


def failure_advice(status: BatchStatus) -> str:
    """Say what to do about the failure, by its reason."""
    reason = (status.reason or "").lower()
    matching = (advice for words, advice in _ADVICE if any(word in reason for word in words))
    return next(matching, _ADVICE_OTHERWISE)
