"""The queue that feeds the workers: calls as SQS takes them, and messages that arrive as they were sent."""

from __future__ import annotations

import json

import pytest
from moto import mock_aws

from skybatch.batch.execution.task_queue import BYTES_PER_CALL, TaskQueue
from skybatch.batch.message import Message
from skybatch.errors import Transient
from skybatch.storage.clients import client
from tests.support.batches.batch_fakes import BATCH_ID, Sqs, task


@pytest.mark.usefixtures("aws_credentials")
@mock_aws
def test_messages_arrive_as_they_were_sent() -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="tasks")["QueueUrl"]
    sent = [Message(BATCH_ID, f"s{n}", (task(n),)) for n in range(23)]
    assert TaskQueue(sqs, url).send(sent) == 23
    got: list[Message] = []
    while entries := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        got += [Message.from_json(json.loads(entry["Body"])) for entry in entries]
    assert sorted(got, key=lambda m: m.tasks[0].index) == sent


def test_calls_are_bounded_by_ten_messages_and_by_bytes() -> None:
    sqs = Sqs()
    long = [task(n, source="x", id="i" * 15) for n in range(100)]
    TaskQueue(sqs, "queue").send([Message(BATCH_ID, "x", tuple(long))] * 25)
    for call in sqs.calls:
        assert len(call) <= 10
        assert sum(len(entry["MessageBody"].encode()) for entry in call) <= BYTES_PER_CALL
        assert {entry["MessageGroupId"] for entry in call} == {BATCH_ID}
    assert sum(map(len, sqs.calls)) == 25


def test_messages_the_queue_refuses_are_sent_again_and_then_raise() -> None:
    sqs = Sqs(refuse=[{"0"}])
    TaskQueue(sqs, "queue").send([Message(BATCH_ID, "x", (task(0),)), Message(BATCH_ID, "y", (task(1),))])
    assert sorted(json.loads(e["MessageBody"])["source"] for call in sqs.calls for e in call) == ["x", "y"]
    with pytest.raises(Transient, match="refused 1"):
        TaskQueue(Sqs(refuse=[{"0"}] * 3), "queue").send([Message(BATCH_ID, "x", (task(0),))])
