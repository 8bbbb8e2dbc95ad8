"""The SQS queue that feeds the workers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from skybatch.batch.message import Message
from skybatch.errors import Transient

# SQS: at most 10 messages and 256 KiB a call; some room is left for attributes.
ENTRIES_PER_CALL = 10
BYTES_PER_CALL = 250_000
SEND_ATTEMPTS = 3


class TaskQueue:
    """Sends messages to the queue of a URL; ``sqs`` makes the boto3 client, once there is one to send."""

    def __init__(self, sqs: Callable[[], Any], url: str) -> None:
        self.sqs = sqs
        self.url = url

    def send(self, messages: Iterable[Message]) -> int:
        """Send messages in order, as many a call as SQS takes; return how many.

        Raises
        ------
        Transient
            SQS keeps refusing some of them.
        """
        sent = 0
        for bodies in _calls(messages):
            self._send_call(bodies)
            sent += len(bodies)
        return sent

    def _send_call(self, bodies: Sequence[tuple[str, str]]) -> None:
        entries = [
            # A standard queue is fair among message groups, so a large batch delays no other.
            {"Id": str(i), "MessageBody": body, "MessageGroupId": group}
            for i, (group, body) in enumerate(bodies)
        ]
        for _ in range(SEND_ATTEMPTS):
            answer = self.sqs().send_message_batch(QueueUrl=self.url, Entries=entries)
            refused = {failure["Id"] for failure in answer.get("Failed", [])}
            entries = [entry for entry in entries if entry["Id"] in refused]
            if not entries:
                return
        raise Transient(f"the queue refused {len(entries)} messages")


def _calls(messages: Iterable[Message]) -> Iterator[list[tuple[str, str]]]:
    """Split messages into calls; each entry is the message group and the body."""
    call: list[tuple[str, str]] = []
    size = 0
    for message in messages:
        body = json.dumps(message.to_json(), separators=(",", ":"))
        length = len(body.encode())
        if call and (len(call) == ENTRIES_PER_CALL or size + length > BYTES_PER_CALL):
            yield call
            call, size = [], 0
        call.append((message.batch_id, body))
        size += length
    if call:
        yield call
