"""The worker reports a message that failed, and has it come back soon."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from skybatch.batch.execution.worker import WorkDone
from skybatch.errors import SourceForbidden
from skybatch.settings import settings
from skybatch.storage.clients import client
from skybatch.storage.s3 import open_bucket
from tests.support.aws.fake_s3 import FakeS3, fake_s3
from tests.support.aws.s3_faults import refuse
from tests.support.aws.s3_rules import Refused
from tests.support.batches.functions import load_function
from tests.support.batches.template import event, properties
from tests.support.servers.http import CONTEXT

CACHES = (settings, client, open_bucket)


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeS3]:
    """An S3 that the worker's environment names."""
    with fake_s3() as running, mock_aws():
        named = {"ENDPOINT_URL_S3": running.url, "DEFAULT_REGION": "us-east-1", "REGION": "us-east-1"}
        keys = {"ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing"}
        for name, value in {**named, **keys}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        for name in ("RESULTS_BUCKET", "ARCHIVE_BUCKET"):
            monkeypatch.setenv(name, "bucket")
        for cached in CACHES:
            cached.cache_clear()
        yield running
        for cached in CACHES:
            cached.cache_clear()


@pytest.fixture
def queue(archive: FakeS3, monkeypatch: pytest.MonkeyPatch) -> str:
    """A queue with one message; its URL."""
    sqs = boto3.client("sqs")
    url = str(sqs.create_queue(QueueName="tasks", Attributes={"VisibilityTimeout": "180"})["QueueUrl"])
    monkeypatch.setenv("QUEUE_URL", url)
    (record,) = event("worker-task")["Records"]
    sqs.send_message(QueueUrl=url, MessageBody=record["body"])
    return url


def delivery(url: str, wait: int = 0) -> dict[str, Any]:
    """The next message as the worker's event, or an empty one."""
    found = boto3.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=wait, AttributeNames=["All"])
    (sample,) = event("worker-task")["Records"]
    records = [
        {**sample, "receiptHandle": message["ReceiptHandle"], "body": message["Body"]}
        for message in found.get("Messages", ())
    ]
    return {"Records": records}


def test_a_message_that_failed_is_reported_and_comes_back_soon(archive: FakeS3, queue: str) -> None:
    archive.faults.append(refuse(Refused(400, "InvalidRequest", "injected")))
    first = delivery(queue)
    assert delivery(queue)["Records"] == []
    answer = load_function("worker").handler(first, CONTEXT)
    (sample,) = first["Records"]
    assert answer["batchItemFailures"] == [{"itemIdentifier": sample["messageId"]}]
    assert len(delivery(queue, wait=4)["Records"]) == 1


def test_a_queue_that_refuses_changes_nothing_of_the_report(
    archive: FakeS3, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.faults.append(refuse(Refused(400, "InvalidRequest", "injected")))
    monkeypatch.setenv("QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/absent")
    answer = load_function("worker").handler(delivery(queue), CONTEXT)
    assert len(answer["batchItemFailures"]) == 1


class _OfRefusedImages:
    """A worker whose images are refused by their bucket: all of them, or one that is sent back."""

    def __init__(self, done: WorkDone | None) -> None:
        self.done = done

    def process(self, *_: Any) -> WorkDone:
        if self.done is None:
            raise SourceForbidden("the bucket refuses it")
        return self.done


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("done", [None, WorkDone("b", 2, 0, 1, forbidden=1)], ids=["all", "one"])
def test_images_that_their_bucket_refuses_ring_an_alarm(
    queue: str, done: WorkDone | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, recorded = load_function("worker"), list[dict[str, float]]()
    monkeypatch.setattr(module, "record_metrics", recorded.append)
    monkeypatch.setattr(module, "worker", lambda: _OfRefusedImages(done))
    timed = SimpleNamespace(**vars(CONTEXT), get_remaining_time_in_millis=lambda: 30_000)
    module.handler(delivery(queue), timed)
    assert recorded == [{properties("ForbiddenImagesAlarm")["MetricName"]: 1}]
