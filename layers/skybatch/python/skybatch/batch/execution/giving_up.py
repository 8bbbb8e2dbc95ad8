"""Tasks that are given up: an object says which and why, so that settlement knows a reason for each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from skybatch.batch import keys
from skybatch.batch.codes import FailureCode
from skybatch.batch.store import BatchStore
from skybatch.bundles.bundle_format import FailedTask


def give_up(store: BatchStore, numbers: Sequence[int], why: str) -> None:
    """Record that these tasks are given up; one that succeeds before outcomes are final counts all the same.

    A tally that died before it noted them may give them up again: both records say the same.
    """
    if numbers:
        store.create_json(keys.given_up(numbers[0]), {"tasks": list(numbers), "reason": f"gave up: {why}"})


def read_given_up(store: BatchStore) -> Iterator[FailedTask]:
    """Give the tasks that were given up."""
    names = [f"{keys.GIVEN_UP}/{stored.name}" for stored in store.list(keys.GIVEN_UP)]
    for body in store.read_many(names):
        record = json.loads(body or b'{"tasks": []}')
        for number in record["tasks"]:
            yield FailedTask(number, FailureCode.GAVE_UP, record["reason"])
