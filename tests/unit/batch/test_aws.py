"""Our calls of AWS against moto: what is sent is what the services take."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from skybatch.batch import keys
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.message import Message
from skybatch.batch.store import BatchStore
from skybatch.batch.submission.submit import execution_starter
from skybatch.redaction import batch_hash
from skybatch.storage.clients import client
from skybatch.storage.s3 import open_bucket
from tests.support.batch_fakes import BATCH_ID, task


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client.cache_clear()
    open_bucket.cache_clear()
    yield
    client.cache_clear()
    open_bucket.cache_clear()


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


@mock_aws
def test_an_execution_starts_once_whatever_is_repeated() -> None:
    role = boto3.client("iam").create_role(
        RoleName="states",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "states.us-east-1.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )["Role"]["Arn"]
    machines = client("stepfunctions")
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    arn = machines.create_state_machine(name="batch", definition=definition, roleArn=role)["stateMachineArn"]
    start = execution_starter(machines, arn)
    start(BATCH_ID)
    start(BATCH_ID)
    (execution,) = machines.list_executions(stateMachineArn=arn)["executions"]
    assert execution["name"] == batch_hash(BATCH_ID)
    told = machines.describe_execution(executionArn=execution["executionArn"])["input"]
    assert json.loads(told) == {"batch_id": BATCH_ID}


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    """A results bucket on moto's own server: obstore does not pass through botocore."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    client("s3").create_bucket(Bucket="results")
    yield open_bucket("results")
    server.stop()


def test_first_writer_wins_in_s3_and_listings_go_on_after_a_name(results: S3Store) -> None:
    store = BatchStore(results, BATCH_ID)
    assert store.create_json(keys.OUTCOMES, {"first": True})
    assert not store.create_json(keys.OUTCOMES, {"first": False})
    assert store.read_json(keys.OUTCOMES) == {"first": True}
    for n in range(5):
        store.write(keys.image(f"{n}.fits"), bytes(n))
    assert [(s.name, s.bytes) for s in store.list(keys.IMAGES, "1.fits")] == [
        ("2.fits", 2),
        ("3.fits", 3),
        ("4.fits", 4),
    ]
    assert store.size(keys.image("4.fits")) == 4
    assert store.size(keys.image("5.fits")) is None


def test_an_archive_is_streamed_in_parts(results: S3Store) -> None:
    store = BatchStore(results, BATCH_ID)
    chunk = bytes(1_000_000)
    store.upload(keys.result("images.tar"), iter([chunk] * 20), "application/x-tar")
    assert store.size(keys.result("images.tar")) == 20_000_000
    head = client("s3").head_object(Bucket="results", Key=store.path(keys.result("images.tar")))
    assert head["ContentType"] == "application/x-tar"
    assert head["ETag"].endswith('-3"')


def test_a_link_is_signed_for_its_object_and_for_an_hour(results: S3Store) -> None:
    link = BatchStore(results, BATCH_ID).presigned_url(keys.image("a.fits"), "HEAD")
    assert f"batches/{BATCH_ID}/images/a.fits" in link
    assert "X-Amz-Expires=3600" in link
    assert "X-Amz-Signature=" in link
