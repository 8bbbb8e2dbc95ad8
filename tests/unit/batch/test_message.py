"""The messages to the workers: one stored image each, of bounded size."""

from __future__ import annotations

import json

from skybatch.batch.message import TASKS_PER_MESSAGE, Message, group_messages
from skybatch.fits.pixel_box import PixelBox
from tests.support.batches.batch_fakes import BATCH_ID, task


def test_one_message_is_one_source_with_at_most_100_tasks() -> None:
    tasks = [task(n, source="a" if n % 2 else "b") for n in range(250)]
    grouped = group_messages(BATCH_ID, tasks)
    assert [message.source for message in grouped] == ["b", "b", "a", "a"]
    assert [len(message.tasks) for message in grouped] == [TASKS_PER_MESSAGE, 25, TASKS_PER_MESSAGE, 25]
    assert sorted(each.index for message in grouped for each in message.tasks) == list(range(250))


def test_refused_tasks_are_in_no_message() -> None:
    grouped = group_messages(BATCH_ID, [task(0, source="a", refusal="too large"), task(1, source="a")])
    assert [[each.index for each in message.tasks] for message in grouped] == [[1]]


def test_a_message_survives_the_queue() -> None:
    message = Message(BATCH_ID, "a", (task(0, box=PixelBox(1, 2, 3, 4)), task(1, tiles=(5, 6))), again=True)
    assert Message.from_json(json.loads(json.dumps(message.to_json()))) == message
