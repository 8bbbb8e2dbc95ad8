"""Tally: every task accounted for, bounded resends, and an end in every case."""

from __future__ import annotations

import pytest

from skybatch.batch import keys
from skybatch.batch.execution.dispatch import MAX_SENDS
from skybatch.batch.execution.giving_up import read_given_up
from skybatch.batch.execution.reconcile import LAST_SILENCE, seconds_to_wait
from tests.support.batches.batch_fakes import TIMEOUTS, FakeBatch, task


def test_wait_of_a_batch_of_which_nothing_comes_grows_to_half_a_minute() -> None:
    batch = FakeBatch([task(0)])
    batch.dispatch()
    waits = []
    for now in (1000, 1000.5, 1030, 1100, 1600, 3000):
        batch.now = now
        batch.state = batch.state.updated(progressed=now)
        waits.append(batch.tally().wait_seconds)
    assert waits == [0.25, 0.5, 1.5, 5, 30, 30]


@pytest.mark.parametrize(
    ("elapsed", "done", "left", "expected"),
    [
        (8.0, 80, 5, 0.5),  # ten a second
        (8.0, 80, 1, 0.25),
        (8.0, 80, 100, 1.0),
        (60.0, 600, 1, 1.5),  # a late look costs less than a fortieth
        (60.0, 10, 1000, 3.0),
        (4000.0, 10, 1000, 30.0),
    ],
)
def test_wait_is_as_long_as_what_is_left_takes_at_the_pace_so_far(
    elapsed: float, done: int, left: int, expected: float
) -> None:
    assert seconds_to_wait(elapsed, done, left) == pytest.approx(expected)


def test_lost_message_is_sent_again_after_silence_and_given_up_after_three_sends() -> None:
    batch = FakeBatch([task(0), task(1)])
    batch.dispatch()
    batch.deliver(batch.plan.tasks[0])
    sends = 1
    for _ in range(10):
        action = batch.tally()
        if action.step == "package":
            break
        if action.step == "dispatch":
            again = batch.dispatch()
            assert (batch.numbers_of(again), again[0].again) == ([[1]], True)
            sends += 1
        batch.now += TIMEOUTS.visibility
    assert action.step == "package"
    assert sends == MAX_SENDS
    assert [(failed.number, failed.code) for failed in read_given_up(batch.store)] == [(1, "gave_up")]


def test_what_was_sent_most_often_is_given_up_only_after_a_longer_silence() -> None:
    """The queue may only lag; a bundle that was sent less often is sent again meanwhile."""
    batch = FakeBatch([task(0), task(1)], window=1)
    batch.dispatch()
    for _ in range(MAX_SENDS - 1):
        batch.tally()
        batch.now += TIMEOUTS.visibility
        assert batch.tally().step == "dispatch"
        batch.dispatch()
    batch.tally()
    batch.now += LAST_SILENCE * TIMEOUTS.visibility - 1
    assert batch.tally().step == "wait"
    assert not list(read_given_up(batch.store))
    batch.now += 1
    batch.tally()
    assert [failed.number for failed in read_given_up(batch.store)] == [0]


def test_nothing_is_sent_again_while_there_is_progress() -> None:
    batch = FakeBatch([task(n) for n in range(5)])
    batch.dispatch()
    for each in batch.plan.tasks[:4]:
        batch.now += TIMEOUTS.visibility - 1
        batch.deliver(each)
        assert batch.tally().step == "wait"


def test_deadline_ends_a_batch_that_still_progresses() -> None:
    batch = FakeBatch([task(0), task(1)])
    batch.dispatch()
    batch.tally()
    batch.now += TIMEOUTS.deadline + 1
    batch.deliver(batch.plan.tasks[0])
    assert batch.tally().step == "wait"
    assert batch.tally().step == "package"
    assert [failed.number for failed in read_given_up(batch.store)] == [1]


@pytest.mark.parametrize("hours", [-5, 5])
def test_clocks_that_differ_bring_no_message_twice_and_give_nothing_up(hours: float) -> None:
    batch = FakeBatch([task(0), task(1)])
    for _ in range(3):
        batch.now += 3600 * hours
        batch.dispatch()
        batch.now -= 3600 * hours
        assert batch.tally().step == "wait"
    assert len(batch.sent) == 2
    batch.now += TIMEOUTS.visibility
    assert batch.tally().step == "dispatch"


def test_cancel_ends_at_the_next_tally() -> None:
    batch = FakeBatch([task(0), task(1)])
    batch.dispatch()
    batch.store.create_json(keys.CANCELLATION, {"at": 1})
    assert batch.tally().step == "package"


def test_each_bundle_is_read_once_and_nothing_is_written_when_nothing_changed() -> None:
    batch = FakeBatch([task(n) for n in range(3)])
    batch.dispatch()
    batch.deliver(batch.plan.tasks[0])
    batch.tally()
    kept = {name: batch.store.facts(name) for name in (keys.PROGRESS, keys.journal_part(1))}
    for _ in range(3):
        batch.now += 1
        batch.tally()
    assert {name: batch.store.facts(name) for name in kept} == kept


def test_a_success_that_comes_after_a_stretch_ended_counts_against_the_limit() -> None:
    batch = FakeBatch([task(n, size=400) for n in range(4)], limit=1000)
    batch.dispatch()
    batch.deliver(batch.plan.tasks[0])
    batch.fail(batch.plan.tasks[1])
    assert batch.tally().step == "dispatch"
    batch.dispatch()
    batch.deliver(batch.plan.tasks[1])
    batch.tally()
    assert (batch.store.read_json(keys.PROGRESS) or {})["bytes_done"] == 800
