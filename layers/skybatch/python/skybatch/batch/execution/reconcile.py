"""Tally: compare what the bucket holds with what the plan wants, and decide how to go on.

Nothing else lists a running batch's bundles. Finished images are appended to the journal, part by part, so
that its readers miss none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skybatch.batch import keys
from skybatch.batch.execution.bundle_accounts import BundleReader
from skybatch.batch.execution.dispatch import MAX_SENDS, read_resends
from skybatch.batch.execution.dispatch_state import DispatchState, NextStep
from skybatch.batch.execution.giving_up import give_up
from skybatch.batch.execution.journal_writer import append_parts
from skybatch.batch.execution.stretches import PlannedBundle, Stretch
from skybatch.batch.execution.task_states import TaskStates
from skybatch.batch.plan import Plan
from skybatch.batch.store import BatchStore
from skybatch.bundles.place import Place

LAST_SILENCE = 3
"""Visibility timeouts without progress after which what was sent most often is given up."""
# Seconds from one tally to the next. The longest is reached ten minutes into a batch, because an execution
# of Step Functions holds 25,000 events.
SHORTEST_WAIT = 0.25
LONGEST_WAIT = 30
SECONDS_TO_LONGEST_WAIT = 600


@dataclass(frozen=True)
class Timeouts:
    """How long Tally waits, in seconds: for one message to be done, and for the whole batch."""

    visibility: float
    deadline: float


@dataclass(frozen=True)
class NextAction:
    """What the state machine does next, after how many seconds, with which state."""

    step: NextStep
    wait_seconds: float
    state: DispatchState


def tally(
    store: BatchStore,
    plan: Plan,
    stretches: Sequence[Stretch],
    state: DispatchState,
    timeouts: Timeouts,
    window: int,
    now: float,
) -> NextAction:
    """Account for what finished since the last call and decide how to go on."""
    states = TaskStates.load(store, plan)
    stretch = next(each for each in stretches if each.start == state.start)
    finished = _account_finished(store, plan, stretches, states)
    progressed = now if finished else state.progressed or now
    state = state.updated(started=state.started or now, progressed=progressed)
    if store.exists(keys.CANCELLATION):
        action = NextAction("package", 0, state)
    else:
        action = _decide(store, plan, stretch, states, state, timeouts, window, now)
    if states.changed:
        states.save(store, plan, action.state, now, all_done=action.step == "package")
    return action


def _decide(
    store: BatchStore,
    plan: Plan,
    stretch: Stretch,
    states: TaskStates,
    state: DispatchState,
    timeouts: Timeouts,
    window: int,
    now: float,
) -> NextAction:
    outstanding = states.outstanding(range(stretch.start, stretch.stop))
    if not outstanding:
        return _after_stretch(plan, states, state)
    if now - state.started > timeouts.deadline:
        _give_up(store, states, outstanding, "the batch's time was over")
        return NextAction("wait", 0, state)
    sent = stretch.bundles[: state.cursor]
    unfinished, unsent = states.unfinished(sent), state.cursor < len(stretch.bundles)
    refill_at = window // 2 if unsent else 0  # so few outstanding that more are sent
    if unsent and unfinished <= refill_at:
        return NextAction("dispatch", 0, state)
    if now - state.progressed >= timeouts.visibility:
        return _after_silence(store, states, sent, state, timeouts.visibility, now)
    wait = seconds_to_wait(now - state.started, len(sent) - unfinished, unfinished - refill_at)
    return NextAction("wait", wait, state)


def seconds_to_wait(elapsed: float, done: int, left: int) -> float:
    """Estimate the seconds until ``left`` more messages are done, at the pace so far.

    ``done`` messages took ``elapsed`` seconds; where none is done, the estimate is as long again. It is
    bounded from below by a fortieth of the time so far and `SHORTEST_WAIT`, from above by a twentieth (no
    less than a second) and `LONGEST_WAIT`: a tally costs listings, so it should find something.
    """
    longest = min(LONGEST_WAIT, max(1.0, elapsed * LONGEST_WAIT / SECONDS_TO_LONGEST_WAIT))
    estimate = elapsed * left / done if done else elapsed
    return min(longest, max(estimate, SHORTEST_WAIT, elapsed / 40))


def _after_stretch(plan: Plan, states: TaskStates, state: DispatchState) -> NextAction:
    """All tasks are finished: go on where real sizes left room under the limit, else package."""
    if state.stop < len(plan.tasks) and plan.end_within_limit(state.stop, states.done_bytes) > state.stop:
        return NextAction("dispatch", 0, state.updated(start=state.stop))
    return NextAction("package", 0, state)


def _after_silence(
    store: BatchStore,
    states: TaskStates,
    sent: Sequence[PlannedBundle],
    state: DispatchState,
    visibility: float,
    now: float,
) -> NextAction:
    """Nothing finished for a visibility timeout: send again what is missing.

    What was sent thrice is given up, but not before a silence thrice as long: the queue may only lag.
    """
    resends = read_resends(store)
    missing = [bundle for bundle in sent if states.lacks(bundle)]
    exhausted = [bundle for bundle in missing if resends.get(bundle.tasks[0], 0) >= MAX_SENDS - 1]
    if len(exhausted) < len(missing):
        return NextAction("dispatch", 0, state.updated(resend=True))
    if now - state.progressed < LAST_SILENCE * visibility:
        return NextAction("wait", seconds_to_wait(now - state.started, 0, 1), state)
    lost = states.outstanding(number for bundle in exhausted for number in bundle.tasks)
    _give_up(store, states, lost, f"no worker could finish it in {MAX_SENDS} attempts")
    return NextAction("wait", 0, state.updated(progressed=now))


def _give_up(store: BatchStore, states: TaskStates, numbers: Sequence[int], why: str) -> None:
    """Give tasks up, and note them as failed."""
    give_up(store, numbers, why)
    for number in numbers:
        states.set_failed(number)


def _account_finished(store: BatchStore, plan: Plan, stretches: Sequence[Stretch], states: TaskStates) -> int:
    """Note and journal what finished since the last tally; return how many tasks that were.

    Each bundle is read once. A success replaces a failure, never another success.
    """
    bundles = BundleReader(store, plan, stretches)
    unread = [stored for stored in bundles.listed() if stored.name not in states.seen]
    if not unread:
        return 0
    places: dict[int, Place] = {}
    failures = 0
    for account in bundles.read(unread):
        for number, place in account.places.items():
            places.setdefault(number, place)
        for failed in account.failures:
            failures += states.is_outstanding(failed.number)
            states.set_failed(failed.number)
    finished = append_parts(store, plan, states, places)
    states.set_seen(stored.name for stored in unread)
    return finished + failures
