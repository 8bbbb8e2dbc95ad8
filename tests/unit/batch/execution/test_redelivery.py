"""A message that failed comes back soon, then later and later."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from moto import mock_aws

from skybatch.batch.execution.redelivery import DELAYS, return_message
from tests.support.batches.template import properties


@pytest.fixture
def queue() -> Any:
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        url = sqs.create_queue(QueueName="tasks", Attributes={"VisibilityTimeout": "180"})["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="{}")
        yield sqs, url


def delivery(sqs: Any, url: str) -> list[dict[str, Any]]:
    found = sqs.receive_message(QueueUrl=url, AttributeNames=["ApproximateReceiveCount"], WaitTimeSeconds=3)
    return list(found.get("Messages", []))


@pytest.mark.usefixtures("aws_credentials")
def test_a_message_comes_back_long_before_its_visibility_timeout(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    (first,) = delivery(sqs, url)
    assert delivery(sqs, url) == []
    assert return_message(sqs, url, first["ReceiptHandle"], 1) == DELAYS[0] <= 2
    (second,) = delivery(sqs, url)
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"


@pytest.mark.parametrize(("deliveries", "seconds"), [(0, 2), (1, 2), (2, 8), (3, 32), (4, 120), (9, 120)])
def test_each_delivery_waits_longer_than_the_one_before(deliveries: int, seconds: int) -> None:
    class Sqs:
        def change_message_visibility(self, **given: Any) -> None:
            assert given == {"QueueUrl": "u", "ReceiptHandle": "r", "VisibilityTimeout": seconds}

    assert return_message(Sqs(), "u", "r", deliveries) == seconds


def test_the_deliveries_of_the_queue_outlast_two_minutes_of_failure() -> None:
    most = properties("TaskQueue")["RedrivePolicy"]["maxReceiveCount"]
    assert sum(DELAYS[: most - 1]) >= 120
