"""Settlement: every image ends in exactly one place, decided once."""

from __future__ import annotations

import obstore
import pytest

from skybatch.batch import keys
from skybatch.batch.codes import ImageStatus
from skybatch.batch.execution.giving_up import give_up
from skybatch.batch.execution.settlement import decide_outcomes
from skybatch.batch.execution.stretches import load_stretches
from skybatch.batch.outcomes import ImageOutcome, load_outcomes, row_outcomes
from skybatch.batch.store import BatchStore
from skybatch.errors import Transient
from tests.support.batches.batch_fakes import FakeBatch, task
from tests.support.batches.made_bundles import made_bundle, put_bundle


def settled(batch: FakeBatch) -> list[ImageOutcome]:
    return decide_outcomes(batch.store, batch.plan, load_stretches(batch.store))


def statuses(outcomes: list[ImageOutcome]) -> list[str]:
    return [str(outcome.status) for outcome in outcomes]


def test_each_task_ends_in_one_place() -> None:
    tasks = [task(0), task(1), task(2, refusal="larger than the limit: 5 bytes"), task(3)]
    batch = FakeBatch(tasks)
    batch.dispatch()
    batch.deliver(tasks[0])
    batch.fail(tasks[1], reason="truncated")
    outcomes = settled(batch)
    assert statuses(outcomes) == ["retrieved", "failed", "failed", "over_limit"]
    assert [o.reason for o in outcomes[1:3]] == ["truncated", "larger than the limit: 5 bytes"]


def test_success_beats_failure_until_settled_and_nothing_after() -> None:
    batch = FakeBatch([task(0), task(1)])
    batch.dispatch()
    batch.fail(*batch.plan.tasks)
    batch.deliver(batch.plan.tasks[0])
    assert statuses(settled(batch)) == ["retrieved", "failed"]
    batch.deliver(batch.plan.tasks[1])
    assert statuses(settled(batch)) == ["retrieved", "failed"]


def test_first_settlement_wins() -> None:
    batch = FakeBatch([task(0)])
    batch.store.create(keys.OUTCOMES, b'{"n":0,"status":"failed","bytes":0,"reason":"first"}\n')
    assert settled(batch)[0].reason == "first"
    assert load_outcomes(batch.store) == [ImageOutcome(0, ImageStatus.FAILED, 0, "first")]


def test_limit_holds_by_real_sizes_too() -> None:
    batch = FakeBatch([task(n, size=400) for n in range(3)], limit=1300)
    batch.dispatch()
    batch.deliver(*batch.plan.tasks, size=500)
    outcomes = settled(batch)
    assert statuses(outcomes) == ["retrieved", "retrieved", "over_limit"]
    assert sum(o.bytes for o in outcomes) <= 1300


def test_cancelled_batch_keeps_what_came() -> None:
    batch = FakeBatch([task(0), task(1)])
    batch.dispatch()
    batch.deliver(batch.plan.tasks[0])
    batch.store.create_json(keys.CANCELLATION, {})
    assert statuses(settled(batch)) == ["retrieved", "cancelled"]


def test_the_code_of_a_failure_is_kept_with_its_image_and_row() -> None:
    tasks = [task(0), task(1, refusal="5 bytes", refusal_code="over_batch_limit"), task(2)]
    batch = FakeBatch(tasks)
    batch.dispatch()
    batch.deliver(tasks[2])
    batch.fail(tasks[0], reason="truncated")
    decided = settled(batch)
    codes = ["source_damaged", "over_batch_limit", None]
    assert [outcome.code for outcome in decided] == codes
    assert load_outcomes(batch.store) == decided
    assert [row.code for row in row_outcomes(batch.plan, decided, 3)] == codes


def test_the_first_journaled_place_is_kept_whatever_comes_later() -> None:
    """A bundle that comes after one of its images was journaled holds that image too, and another."""
    batch = FakeBatch([task(0), task(1)], worker_seconds=30)
    batch.dispatch()
    (bundle,) = load_stretches(batch.store)[0].bundles
    first, second = batch.plan.tasks
    piece = bundle.piece_name(0, 1)
    put_bundle(batch.store, piece, made_bundle(batch.store, {first: bytes(100)}))
    batch.tally()
    later = {first: b"x" * 100, second: b"y" * 100}
    put_bundle(batch.store, bundle.name, made_bundle(batch.store, later))
    places = [outcome.place for outcome in settled(batch)]
    assert [place and place.bundle for place in places] == [piece, bundle.name]


def test_what_was_never_journaled_has_the_place_of_the_first_object_by_name() -> None:
    batch = FakeBatch([task(0)])
    batch.dispatch()
    (bundle,) = load_stretches(batch.store)[0].bundles
    names = [bundle.name, bundle.piece_name(0, 1), bundle.piece_name(0, 2)]
    for name in reversed(names):
        put_bundle(batch.store, name, made_bundle(batch.store, {batch.plan.tasks[0]: bytes(100)}))
    (outcome,) = settled(batch)
    assert outcome.place
    assert outcome.place.bundle == min(names)


def test_a_task_that_was_given_up_failed_unless_it_came_after_all() -> None:
    batch = FakeBatch([task(0), task(1)])
    batch.dispatch()
    give_up(batch.store, [0, 1], "the time was over")
    batch.deliver(batch.plan.tasks[1])
    first, second = settled(batch)
    assert (first.code, first.reason) == ("gave_up", "gave up: the time was over")
    assert second.status is ImageStatus.RETRIEVED


def test_an_unsound_object_is_absent() -> None:
    batch = FakeBatch([task(0)])
    batch.dispatch()
    (bundle,) = load_stretches(batch.store)[0].bundles
    whole = b"".join(made_bundle(batch.store, {batch.plan.tasks[0]: bytes(100)}).pieces())
    obstore.put(batch.store.objects, batch.store.path(keys.bundle(bundle.name)), whole[:-1])
    assert statuses(settled(batch)) == ["over_limit"]


def test_outcomes_that_another_run_wrote_and_nobody_can_read_are_not_taken_for_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = FakeBatch([task(0)])
    batch.dispatch()
    monkeypatch.setattr(BatchStore, "create", lambda *_: False)
    with pytest.raises(Transient):
        settled(batch)
