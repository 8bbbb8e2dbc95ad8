"""Dispatch: keep a bounded window of messages outstanding, and send nothing beyond the batch's limit."""

from __future__ import annotations

from collections.abc import Sequence

from skybatch.batch import keys
from skybatch.batch.execution.dispatch_state import DispatchState
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.execution.task_states import TaskStates, write_progress
from skybatch.batch.message import Message, group_messages
from skybatch.batch.plan import Plan
from skybatch.batch.store import BatchStore


def dispatch(
    store: BatchStore, plan: Plan, queue: TaskQueue, state: DispatchState, window: int, now: float
) -> DispatchState:
    """Send the next messages of the plan, or again those that were lost.

    The stretch [start, stop) ends where the limit falls; when all its tasks are finished and real sizes
    left room (images failed, say), Tally asks for the next stretch. Times are left to Tally, because two
    functions' clocks may differ by more than a message's timeout.
    """
    states = TaskStates.load(store, plan)
    if state.stop <= state.start:
        state = state.updated(stop=plan.end_within_limit(state.start, states.done_bytes), cursor=0)
    messages = group_messages(store.batch_id, plan.tasks[state.start : state.stop])
    if state.resend:
        _send_again(store, states, queue, messages[: state.cursor])
        state = state.updated(resend=False, progressed=0.0)
    room = max(0, window - states.unfinished(messages[: state.cursor]))
    sent = queue.send(messages[state.cursor : state.cursor + room])
    state = state.updated(cursor=state.cursor + sent)
    write_progress(store, plan, states, state, now)
    return state


def _send_again(store: BatchStore, states: TaskStates, queue: TaskQueue, messages: Sequence[Message]) -> None:
    """Send what is missing of messages sent before, and count how often each task was sent again."""
    lost = [
        Message(message.batch_id, message.source, tuple(missing), again=True)
        for message in messages
        if (missing := states.outstanding(message.tasks))
    ]
    resends = read_resends(store)
    for message in lost:
        for task in message.tasks:
            resends[task.index] = resends.get(task.index, 0) + 1
    store.write_json(keys.RESENDS, {str(index): count for index, count in resends.items()})
    queue.send(lost)


def read_resends(store: BatchStore) -> dict[int, int]:
    """Read how many times each task was sent again, by the task's index."""
    return {int(index): int(count) for index, count in (store.read_json(keys.RESENDS) or {}).items()}
