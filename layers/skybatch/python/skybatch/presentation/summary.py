"""The result of a batch in a few sentences: headline, summary, place among its parts."""

from __future__ import annotations

from skybatch.batch.absent import band_list, describe_absent
from skybatch.batch.reasons import cut_at_edge_reason
from skybatch.batch.size_limit import estimated_batches
from skybatch.presentation.formatting import count, join_words, size
from skybatch.status import BatchState, BatchStatus

# What a row of a list stands for, where the survey has no image for it.
_NOT_COVERED = {
    "positions": ("position lies", "positions lie", "outside the survey"),
    "coadd_keys": ("coadd key is", "coadd keys are", "not known"),
    "scans": ("scan is", "scans are", "not known"),
}


def nothing_found(status: BatchStatus) -> bool:
    """Tell whether the batch is complete and no image set matches anything in the request."""
    complete = status.state == BatchState.COMPLETE
    return complete and not _images_asked(status) and not status.rows.unresolved


def headline(status: BatchStatus) -> str:
    """Write the result in at most a few words, for titles and subjects.

    What the survey or the archive does not have is an answer; only what a batch should have delivered and
    did not is missing.
    """
    if not status.ended:
        return "in progress"
    if status.state != BatchState.COMPLETE:
        return str(status.state)
    if nothing_found(status):
        return "no image set matches"
    if not status.images.retrieved:
        return "nothing could be retrieved"
    images = count(status.images.retrieved, "image")
    if not status.retrieved_all:
        return f"{images}, some missing"
    return f"{images}, {'all that exist' if status.absent or status.rows.not_covered else 'complete'}"


def summary_sentences(status: BatchStatus) -> str:
    """Write the result of a finished batch in a few sentences.

    The first accounts for every image asked for, those behind it for rows without images and for what can
    be done.
    """
    if status.state == BatchState.FAILED:
        return "This batch failed, and no images can be delivered."
    if nothing_found(status):
        return "No image set matches what you asked for."
    sentences = [
        "This batch was cancelled." if status.state == BatchState.CANCELLED else "",
        _images(status),
        _absent(status),
        _cut_at_edge(status),
        _rows_without_images(status),
        _unretrieved(status),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _images_asked(status: BatchStatus) -> int:
    """Count all images asked for, of the image sets that match."""
    return status.images.total + (status.absent.images if status.absent else 0)


def _images(status: BatchStatus) -> str:
    """Account for every image asked for."""
    asked, came = _images_asked(status), status.images.retrieved
    if not asked:
        return "No image could be retrieved."
    if came == asked:
        rows = status.rows
        everything = not (rows.not_covered or rows.unresolved or rows.cancelled or status.images.cut_at_edge)
        subject = "Everything you asked for" if everything else "Every image found"
        return f"{subject} is here: {count(came, 'image')} ({size(status.bytes)})."
    fates = _fates(status)
    if asked == 1:
        return f"The only image {fates[0].removeprefix('1 ')}."
    return f"Of {asked:,} images asked for, {join_words(fates)}."


def _fates(status: BatchStatus) -> list[str]:
    """Say what became of the images, a phrase for each outcome that occurred."""
    images, absent = status.images, status.absent.images if status.absent else 0
    came, left = images.retrieved, images.over_limit
    phrases = [
        (came, f"{came:,} ({size(status.bytes)}) {_is(came)} here"),
        (left, f"{left:,} {_is(left)} beyond the limit"),
        (images.failed, f"{images.failed:,} failed"),
        (images.cancelled, f"{images.cancelled:,} {_was(images.cancelled)} cancelled"),
        (absent, f"{absent:,} {_is(absent)} not in the archive"),
    ]
    told = [phrase for number, phrase in phrases if number]
    return told if came else ["none is here", *told] if len(told) > 1 else told


def _absent(status: BatchStatus) -> str:
    """Name the bands that the archive does not hold."""
    absent = status.absent
    if absent is None:
        return ""
    if absent.bands_never_held and (absent.held or status.rows.total == 1):
        words = describe_absent(absent)
        return f"{words[0].upper()}{words[1:]}."
    subject = "The one not in the archive is" if absent.images == 1 else "Those not in the archive are"
    return f"{subject} in {band_list(absent.bands)}."


def _rows_without_images(status: BatchStatus) -> str:
    """Count the rows for which there is no image: an answer about the sky, or a name that nobody knows."""
    rows, total = status.rows, count(status.rows.total, "row")
    if rows.total < 2:
        return ""
    outside = rows.not_covered - (status.absent.rows if status.absent else 0)
    one, many, where = _NOT_COVERED.get(status.mode or "", ("row matches", "rows match", "no image set"))
    if status.surveys:
        where = where.replace("the survey", "all the surveys")
    told = []
    if outside:
        told.append(f"{outside:,} {one if outside == 1 else many} {where}")
    if rows.unresolved:
        told.append(f"{count(rows.unresolved, 'object name')} could not be resolved")
    if rows.cancelled and not status.images.cancelled:
        told.append(f"{rows.cancelled:,} {_was(rows.cancelled)} cancelled before any image was looked up")
    return f"Of {total}, {join_words(told)}." if told else ""


def _cut_at_edge(status: BatchStatus) -> str:
    crops = cut_at_edge_reason(status.images.cut_at_edge, status.images.crops)
    return f"{crops} (cut_at_edge in images.tbl)." if crops else ""


def _unretrieved(status: BatchStatus) -> str:
    left = status.unretrieved
    if not left:
        return ""
    subject = "The image" if left.images == 1 else f"The {left.images:,} images"
    return (
        f"{subject} beyond the limit of {size(status.limit_bytes)} per batch ({size(left.bytes)}) can be "
        "retrieved with the next one."
    )


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def part_of_chain(status: BatchStatus) -> str:
    """Write ``part 2 of 4``, with "about" where that is an estimate; nothing for a batch on its own.

    The last part says whether all parts together have delivered everything.
    """
    chain, left = status.chain, status.unretrieved
    if not (chain.part > 1 or (chain.parts or 0) > 1 or left or chain.next):
        return ""
    if chain.parts:
        last = max(chain.part, chain.parts)
        return f"part {chain.part} of {last}{_all_parts(status) if chain.part == last else ''}"
    if left:
        more = estimated_batches(left.bytes, status.limit_bytes)
        return f"part {chain.part} of about {chain.part + more}"
    last_part = f" of {chain.part}{_all_parts(status)}" if status.state == BatchState.COMPLETE else ""
    return f"part {chain.part}{last_part}"


def _all_parts(status: BatchStatus) -> str:
    """Say that all parts are here, in the last of several in none of which an image was lost."""
    lost = status.images.failed + status.images.cancelled
    whole = status.state == BatchState.COMPLETE and not status.left_over and not lost
    return ": all parts are here" if whole and status.chain.lost_before == 0 else ""
