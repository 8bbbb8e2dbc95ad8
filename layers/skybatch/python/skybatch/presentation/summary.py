"""The result of a batch in a few sentences: headline, summary, place among its parts."""

from __future__ import annotations

from skybatch.batch.size_limit import estimated_batches
from skybatch.presentation.formatting import count, size
from skybatch.status import BatchState, BatchStatus


def nothing_found(status: BatchStatus) -> bool:
    """Tell whether the batch is complete and no image set matches anything in the request."""
    complete = status.state == BatchState.COMPLETE
    return complete and not status.images.total and not status.rows.unresolved


def headline(status: BatchStatus) -> str:
    """Write the result in at most a few words, for titles and subjects."""
    if not status.ended:
        return "in progress"
    if status.state != BatchState.COMPLETE:
        return str(status.state)
    if nothing_found(status):
        return "no image set matches"
    if not status.images.retrieved:
        return "nothing could be retrieved"
    missing = status.unretrieved or status.rows.incomplete
    return f"{count(status.images.retrieved, 'image')}, {'some missing' if missing else 'complete'}"


def summary_sentences(status: BatchStatus) -> str:
    """Write the result of a finished batch in one to three sentences."""
    if status.state == BatchState.FAILED:
        return "This batch failed, and no images can be delivered."
    if nothing_found(status):
        return "No image set matches what you asked for."
    sentences = [_retrieved(status), _unretrieved(status)]
    if status.state == BatchState.CANCELLED:
        sentences.insert(0, "This batch was cancelled.")
    return " ".join(sentence for sentence in sentences if sentence)


def _retrieved(status: BatchStatus) -> str:
    number, missing = status.images.retrieved, status.rows.incomplete
    if not number:
        return "No image could be retrieved."
    images = f"{count(number, 'image')} ({size(status.bytes)})"
    if not missing and not status.unretrieved:
        return f"Everything you asked for is here: {images}."
    if status.rows.total > 1 and missing:
        rows = f"{missing:,} of {count(status.rows.total, 'row')} {'lacks' if missing == 1 else 'lack'}"
        return f"{images} {_is(number)} here; {rows} some or all images."
    return f"{images} {_is(number)} here."


def _unretrieved(status: BatchStatus) -> str:
    left = status.unretrieved
    if not left:
        return ""
    return (
        f"{count(left.images, 'image')} ({size(left.bytes)}) {_is(left.images)} beyond the limit of "
        f"{size(status.limit_bytes)} per batch and can be retrieved with the next one."
    )


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def part_of_chain(status: BatchStatus) -> str:
    """Write ``part 2 of 4``, with "about" where that is an estimate; nothing for a batch on its own."""
    chain, left = status.chain, status.unretrieved
    if not (chain.part > 1 or (chain.parts or 0) > 1 or left or chain.next):
        return ""
    if chain.parts:
        return f"part {chain.part} of {max(chain.part, chain.parts)}"
    if left:
        more = estimated_batches(left.bytes, status.limit_bytes)
        return f"part {chain.part} of about {chain.part + more}"
    last = f" of {chain.part}" if status.state == BatchState.COMPLETE else ""
    return f"part {chain.part}{last}"
