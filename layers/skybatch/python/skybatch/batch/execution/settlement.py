"""Settlement: the outcome of every task, decided once from what the bucket holds then.

A success counts before a failure, wherever it was found. An image's place is the one of the journal's first
entry of it; what no tally saw has the place of the first object by name that holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from skybatch.batch import keys
from skybatch.batch.codes import ImageStatus
from skybatch.batch.execution.bundle_accounts import BundleReader
from skybatch.batch.execution.giving_up import read_given_up
from skybatch.batch.execution.stretches import Stretch
from skybatch.batch.journal import all_entries
from skybatch.batch.outcomes import ImageOutcome, load_outcomes
from skybatch.batch.plan import Plan
from skybatch.batch.reasons import BEYOND_LIMIT, CANCELLED_REASON
from skybatch.batch.store import JSON_LINES, BatchStore, to_json_lines, written_first
from skybatch.bundles.bundle_format import FailedTask
from skybatch.bundles.place import Place


@dataclass
class _Found:
    """What is known of tasks by their numbers."""

    places: dict[int, Place] = field(default_factory=dict)
    failures: dict[int, FailedTask] = field(default_factory=dict)


def decide_outcomes(store: BatchStore, plan: Plan, stretches: Iterable[Stretch]) -> list[ImageOutcome]:
    """Decide every task's outcome from what the bucket holds now, or read what was decided before."""
    decided = load_outcomes(store)
    if decided is not None:
        return decided
    found = _find(store, plan, stretches)
    cancelled = store.exists(keys.CANCELLATION)
    outcomes = list(_within_limit(plan, _by_task(plan, found, cancelled)))
    lines = to_json_lines(outcome.to_json() for outcome in outcomes)
    if store.create(keys.OUTCOMES, lines, JSON_LINES):
        return outcomes
    return written_first(load_outcomes(store), keys.OUTCOMES)


def _find(store: BatchStore, plan: Plan, stretches: Iterable[Stretch]) -> _Found:
    """Read the journal, and the indexes of those bundles that may say more."""
    found = _Found()
    for entry in all_entries(store):
        found.places.setdefault(entry["n"], Place.from_json(entry["place"]))
    bundles = BundleReader(store, plan, stretches)
    for account in bundles.read(bundles.listed(), lambda numbers: not found.places.keys() >= numbers):
        for number, place in account.places.items():
            found.places.setdefault(number, place)
        for failed in account.failures:
            found.failures.setdefault(failed.number, failed)
    for failed in read_given_up(store):
        found.failures.setdefault(failed.number, failed)
    return found


def _by_task(plan: Plan, found: _Found, cancelled: bool) -> Iterable[ImageOutcome]:
    """Yield the outcome of each task.

    One of which nothing is known was beyond the limit, or cancelled.
    """
    places: Mapping[int, Place] = found.places
    for task in plan.tasks:
        if task.refusal is not None:
            yield ImageOutcome(task.index, ImageStatus.FAILED, reason=task.refusal, code=task.refusal_code)
        elif place := places.get(task.index):
            yield ImageOutcome(task.index, ImageStatus.RETRIEVED, place.length, place=place)
        elif failed := found.failures.get(task.index):
            yield ImageOutcome(task.index, ImageStatus.FAILED, reason=failed.reason, code=failed.code)
        elif cancelled:
            yield ImageOutcome(task.index, ImageStatus.CANCELLED, reason=CANCELLED_REASON)
        else:
            yield ImageOutcome(task.index, ImageStatus.OVER_LIMIT, reason=BEYOND_LIMIT)


def _within_limit(plan: Plan, outcomes: Iterable[ImageOutcome]) -> Iterable[ImageOutcome]:
    """Apply the limit to real sizes too: once an image does not fit, nothing after it is retrieved.

    Planned sizes are exact, so this takes something back only where the archive changed under its
    inventory, or where a task that was given up finished after its room had gone to others.
    """
    total, full = 0, False
    for outcome in outcomes:
        if outcome.status is ImageStatus.RETRIEVED:
            full = full or total + outcome.bytes > plan.limit
            if full:
                yield ImageOutcome(outcome.index, ImageStatus.OVER_LIMIT, reason=BEYOND_LIMIT)
                continue
            total += outcome.bytes
        yield outcome
