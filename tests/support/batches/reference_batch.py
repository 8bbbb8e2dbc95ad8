"""The reference model: the outcomes of a batch by the rule of the limit alone, without queue and tally."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping

from skybatch.batch.codes import ImageStatus
from skybatch.batch.outcomes import ImageOutcome, load_outcomes
from skybatch.batch.plan import Plan, Task
from skybatch.batch.store import BatchStore
from tests.support.batches.batch_fakes import task

SETS = 3
LIMIT = 1150
# Stored images are good, damaged, or kill the worker that reads them.
GOOD, DAMAGED, DEADLY = "good", "damaged", "deadly"


def plan_tasks(sizes: list[int]) -> list[Task]:
    """Tasks over few sources, two or three a source; one too large for any batch."""
    return [
        task(
            n, size, source=f"source{n // 2}", set_index=n % SETS, refusal="larger" if size > LIMIT else None
        )
        for n, size in enumerate(sizes)
    ]


def final_outcomes(store: BatchStore) -> list[ImageOutcome]:
    outcomes = load_outcomes(store)
    assert outcomes is not None
    return outcomes


def expected(plan: Plan, sources: Mapping[str, str]) -> list[ImageStatus]:
    """The accounts that the limit's rule gives, told without queue, tally or stretches.

    In plan order, an image is tried as long as all that was tried and did not fail still fits with it;
    where failures left room, what did not fit is tried again from there on.
    """
    statuses: list[ImageStatus] = []
    start, done = 0, 0
    while True:
        stop, room = start, plan.limit - done
        while stop < len(plan.tasks):
            size = 0 if plan.tasks[stop].refusal else plan.tasks[stop].bytes
            if size > room:
                break
            room, stop = room - size, stop + 1
        if stop == start:
            return statuses + [
                ImageStatus.FAILED if each.refusal else ImageStatus.OVER_LIMIT for each in plan.tasks[stop:]
            ]
        for each in plan.tasks[start:stop]:
            came = each.refusal is None and sources[each.source] == GOOD
            statuses.append(ImageStatus.RETRIEVED if came else ImageStatus.FAILED)
            done += each.bytes if came else 0
        start = stop


def images_in(tar: bytes | None) -> dict[str, bytes]:
    """The images of an archive by file name; an image that is there twice is an error."""
    found: dict[str, bytes] = {}
    if tar is None:
        return found
    with tarfile.open(fileobj=io.BytesIO(tar)) as read:
        for member in read:
            body = read.extractfile(member)
            if "/images/" in member.name and body is not None:
                name = member.name.split("/images/")[1]
                assert name not in found, f"{name} is there twice"
                found[name] = body.read()
    return found
