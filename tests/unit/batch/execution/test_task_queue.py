"""The queue that feeds the workers: calls as SQS takes them, and messages that arrive as they were sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto import mock_aws

from skybatch.batch.execution.task_queue import BYTES_PER_CALL, TaskQueue
from skybatch.batch.message import Message
from skybatch.errors import Transient
from skybatch.storage.clients import client
from tests.support.batches.batch_fakes import BATCH_ID, Sqs


@pytest.mark.usefixtures("aws_credentials")
@mock_aws
def test_messages_arrive_as_they_were_sent() -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="tasks")["QueueUrl"]
    sent = [Message(BATCH_ID, 0, n, 1) for n in range(23)]
    assert TaskQueue(lambda: sqs, url).send(sent) == 23
    got: list[Message] = []
    while entries := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        got += [Message.from_json(json.loads(entry["Body"])) for entry in entries]
    assert sorted(got, key=lambda m: m.at) == sent


def test_calls_are_bounded_by_ten_messages_and_by_bytes() -> None:
    sqs = Sqs()
    TaskQueue(lambda: sqs, "queue").send([Message(BATCH_ID, 0, 1, 2)] * 25)
    for call in sqs.calls:
        assert len(call) <= 10
        assert sum(len(entry["MessageBody"].encode()) for entry in call) <= BYTES_PER_CALL
        assert {entry["MessageGroupId"] for entry in call} == {BATCH_ID}
    assert sum(map(len, sqs.calls)) == 25


def test_nothing_to_send_makes_no_client() -> None:
    def unwanted() -> Any:
        raise AssertionError("a client was made")

    assert TaskQueue(unwanted, "queue").send([]) == 0


def test_messages_the_queue_refuses_are_sent_again_and_then_raise() -> None:
    sqs, refusing = Sqs(refuse=[{"0"}]), Sqs(refuse=[{"0"}] * 3)
    TaskQueue(lambda: sqs, "queue").send([Message(BATCH_ID, 0, 1, 2), Message(BATCH_ID, 0, 3, 4)])
    assert sorted(json.loads(e["MessageBody"])["at"] for call in sqs.calls for e in call) == [1, 3]
    with pytest.raises(Transient, match="refused 1"):
        TaskQueue(lambda: refusing, "queue").send([Message(BATCH_ID, 0, 1, 2)])
