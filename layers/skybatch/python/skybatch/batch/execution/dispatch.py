"""Dispatch: keep a bounded window of bundles outstanding, and send nothing beyond the batch's limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from skybatch.batch import keys
from skybatch.batch.execution.dispatch_state import DispatchState
from skybatch.batch.execution.packing import pack
from skybatch.batch.execution.stretches import PlannedBundle, Stretch, create_stretch, load_stretch
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.execution.task_states import TaskStates
from skybatch.batch.message import Message
from skybatch.batch.plan import Plan
from skybatch.batch.store import BatchStore

MAX_SENDS = 3
"""How often a bundle is sent: whole, whole again, then a message for each of its stored images."""


def dispatch(
    store: BatchStore,
    plan: Plan,
    queue: TaskQueue,
    state: DispatchState,
    window: int,
    worker_seconds: float,
    now: float,
) -> DispatchState:
    """Send the next bundles of the plan, or again those that were lost.

    The stretch [start, stop) ends where the limit falls; when all its tasks are finished and real sizes
    left room (images failed, say), Tally asks for the next stretch. Times are left to Tally, because two
    functions' clocks may differ by more than a message's timeout.
    """
    states = TaskStates.load(store, plan)
    stretch = _stretch(store, plan, state.start, states.done_bytes, worker_seconds)
    if state.stop != stretch.stop:
        state = state.updated(stop=stretch.stop, cursor=0)
    if state.resend:
        _send_again(store, states, queue, stretch, state.cursor)
        state = state.updated(resend=False, progressed=0.0)
    room = max(0, window - states.unfinished(stretch.bundles[: state.cursor]))
    sent = stretch.bundles[state.cursor : state.cursor + room]
    queue.send(message_for(store.batch_id, stretch.start, bundle) for bundle in sent)
    state = state.updated(cursor=state.cursor + len(sent))
    states.save(store, plan, state, now)
    return state


def _stretch(store: BatchStore, plan: Plan, start: int, done: int, worker_seconds: float) -> Stretch:
    """Read the stretch that begins here, or write it: it stays as the first run of this step packed it."""
    written = load_stretch(store, start)
    if written is not None:
        return written
    stop = plan.end_within_limit(start, done)
    return create_stretch(store, start, stop, pack(plan.tasks[start:stop], worker_seconds))


def message_for(batch_id: str, start: int, bundle: PlannedBundle) -> Message:
    """Make the message for a bundle of the stretch that begins with task ``start``."""
    return Message(batch_id, start, bundle.at, bundle.length)


def _send_again(
    store: BatchStore, states: TaskStates, queue: TaskQueue, stretch: Stretch, cursor: int
) -> None:
    """Send again the bundles that lack something, and count how often each was sent again."""
    resends = read_resends(store)
    lost = [
        bundle
        for bundle in stretch.bundles[:cursor]
        if states.lacks(bundle) and resends.get(bundle.tasks[0], 0) < MAX_SENDS - 1
    ]
    messages = [each for bundle in lost for each in _again(store, states, stretch.start, bundle, resends)]
    resends = {**resends, **{bundle.tasks[0]: resends.get(bundle.tasks[0], 0) + 1 for bundle in lost}}
    store.write_json(keys.RESENDS, {str(first): count for first, count in resends.items()})
    queue.send(messages)


def _again(
    store: BatchStore, states: TaskStates, start: int, bundle: PlannedBundle, resends: Mapping[int, int]
) -> Iterator[Message]:
    """Make the messages that send a bundle again: whole once, then a message for each stored image.

    A lagging queue must not become thousands of messages. A bundle whose object is there, in part or not
    sound, is sent by its images at once: whole, it would be taken for done.
    """
    count = resends.get(bundle.tasks[0], 0)
    message = message_for(store.batch_id, start, bundle)
    if count == 0 and bundle.name not in states.seen:
        yield replace(message, again=True)
        return
    for source, numbers in enumerate(bundle.numbers):
        if any(map(states.is_outstanding, numbers)):
            yield message.of_source(source, count + 1)


def read_resends(store: BatchStore) -> dict[int, int]:
    """Read how many times each bundle was sent again, by its first task."""
    return {int(first): int(count) for first, count in (store.read_json(keys.RESENDS) or {}).items()}
