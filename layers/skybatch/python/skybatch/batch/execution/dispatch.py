"""Dispatch: keep a bounded window of messages outstanding, never beyond the limit's line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from skybatch.batch import keys
from skybatch.batch.execution.dispatch_state import DispatchState
from skybatch.batch.execution.task_states import TaskStates, write_progress
from skybatch.batch.plan import Message, Plan, group_messages
from skybatch.batch.store import BatchStore
from skybatch.errors import Transient

# SQS: at most 10 messages and 256 KiB a call; some room is left for attributes.
ENTRIES_PER_CALL = 10
BYTES_PER_CALL = 250_000
SEND_ATTEMPTS = 3


class TaskQueue:
    """The queue that feeds the workers (a boto3 SQS client and a queue's URL)."""

    def __init__(self, sqs: Any, url: str) -> None:
        self.sqs = sqs
        self.url = url

    def send(self, wanted: Iterable[Message]) -> int:
        """Send messages in order, as full calls as SQS takes; returns how many.

        Raises `Transient` where SQS keeps refusing some of them.
        """
        sent = 0
        for bodies in _calls(wanted):
            self._send_call(bodies)
            sent += len(bodies)
        return sent

    def _send_call(self, bodies: Sequence[tuple[str, str]]) -> None:
        entries = [
            # A standard queue shares itself out fairly among the groups, so a large batch starves nobody.
            {"Id": str(i), "MessageBody": body, "MessageGroupId": group}
            for i, (group, body) in enumerate(bodies)
        ]
        for _ in range(SEND_ATTEMPTS):
            answer = self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)
            refused = {failure["Id"] for failure in answer.get("Failed", [])}
            entries = [entry for entry in entries if entry["Id"] in refused]
            if not entries:
                return
        raise Transient(f"the queue refused {len(entries)} messages")


def _calls(wanted: Iterable[Message]) -> Iterator[list[tuple[str, str]]]:
    call: list[tuple[str, str]] = []
    size = 0
    for message in wanted:
        body = json.dumps(message.to_json(), separators=(",", ":"))
        length = len(body.encode())
        if call and (len(call) == ENTRIES_PER_CALL or size + length > BYTES_PER_CALL):
            yield call
            call, size = [], 0
        call.append((message.batch_id, body))
        size += length
    if call:
        yield call


def dispatch(
    store: BatchStore, plan: Plan, queue: TaskQueue, state: DispatchState, window: int, now: float
) -> DispatchState:
    """Send the next messages of the plan, or again those that were lost.

    The stretch [start, stop) ends where the limit falls; when all of it is accounted for and real bytes
    left room (images failed, say), Tally asks for the next stretch. Times are left to Tally: two
    functions' clocks may differ by more than a message's timeout.
    """
    states = TaskStates.load(store, plan)
    if state.stop <= state.start:
        state = state.updated(stop=plan.end_within_limit(state.start, states.done_bytes), cursor=0)
    wanted = group_messages(store.batch_id, plan.tasks[state.start : state.stop])
    if state.resend:
        _send_again(store, states, queue, wanted[: state.cursor])
        state = state.updated(resend=False, progressed=0.0)
    room = max(0, window - states.unfinished(wanted[: state.cursor]))
    sent = queue.send(wanted[state.cursor : state.cursor + room])
    state = state.updated(cursor=state.cursor + sent)
    write_progress(store, plan, states, state, now)
    return state


def _send_again(store: BatchStore, states: TaskStates, queue: TaskQueue, sent: Sequence[Message]) -> None:
    """Send what is missing of the messages sent before, and count it."""
    lost = [
        Message(message.batch_id, message.source, tuple(missing), again=True)
        for message in sent
        if (missing := states.outstanding(message.tasks))
    ]
    resends = read_resends(store)
    for message in lost:
        for task in message.tasks:
            resends[task.index] = resends.get(task.index, 0) + 1
    store.write_json(keys.RESENDS, {str(n): count for n, count in resends.items()})
    queue.send(lost)


def read_resends(store: BatchStore) -> dict[int, int]:
    """How many times each task was sent again, by task number."""
    return {int(n): int(count) for n, count in (store.read_json(keys.RESENDS) or {}).items()}
