"""What batches leave in the logs: one thread to follow, no secret, nobody's address."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.logs import save_logs
from local.mailbox import wait_for_email
from local.stack import Stack
from skybatch.redaction import batch_hash
from tests.e2e.service import Service

pytestmark = pytest.mark.e2e
NOBODY = "5" * 32
ADDRESS = "a.very.private+person@private.example.org"
TABLE = "ra,dec,size\n65.497627,19.535070,50\n65.5,19.53,20\n"


@pytest.fixture(scope="module")
def batches(stack: Stack, service: Service) -> list[str]:
    """Batches of every kind of end: complete, cancelled, resubmitted, refused, and one that never was."""
    done = service.run(mode="positions", table=TABLE, email=ADDRESS, label="private label")["batch_id"]
    cancelled = service.submit(mode="positions", table="ra,dec,size\n" + "65.497627,19.535070,50\n" * 2000)
    service.post(f"/batches/{cancelled}/cancel")
    service.wait(cancelled)
    failed = service.run(mode="positions", table=TABLE, dataset="cal")["batch_id"]
    for path in ("", "/results", "/images", "/files/images.tar", "/files/x"):
        for batch in (done, cancelled, failed, NOBODY):
            service.call(f"/batches/{batch}{path}", follow=False)
    service.call(f"/?email={ADDRESS.replace('@', '%40')}")
    service.post("/batches", mode="positions", table=TABLE, email=f"{ADDRESS}, {ADDRESS}")
    service.call("/batches", b"{" + ADDRESS.encode(), {"Content-Type": "application/json"})
    wait_for_email(stack.emulator.url, ADDRESS)
    return [done, cancelled, failed, NOBODY]


@pytest.fixture(scope="module")
def logs(stack: Stack, batches: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Everything in every log group, by function."""
    files: list[Path] = save_logs(stack.emulator, tmp_path_factory.mktemp("logs"))
    return {file.stem.rsplit("-", 1)[1]: file.read_text() for file in files}


def lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def test_every_function_logs(logs: dict[str, str]) -> None:
    assert {"planner", "worker", "collector", "notifier", "portal"} <= set(logs)


def test_nothing_is_logged_twice(logs: dict[str, str]) -> None:
    """Log bytes are paid for; two handlers on the way of a line would double them."""
    for name, text in logs.items():
        said = [line for line in text.splitlines() if line.startswith('{"level"')]
        assert said, name
        assert len(said) == len(set(said)), name


def test_no_batch_id_stands_in_a_log(logs: dict[str, str], batches: list[str]) -> None:
    for name, text in logs.items():
        for batch in batches:
            assert batch not in text, name


def test_no_address_stands_in_a_log(logs: dict[str, str]) -> None:
    for name, text in logs.items():
        for part in ("private+person", "private.example.org", "private%2Bperson"):
            assert part not in text, name


def test_no_credential_or_signature_stands_in_a_log(logs: dict[str, str], stack: Stack) -> None:
    s3 = stack.emulator.client("s3")
    key = s3.get_object(Bucket=stack.outputs.results_bucket, Key="keys/idempotency")["Body"].read().hex()
    for name, text in logs.items():
        for secret in ("X-Amz-Signature", "X-Amz-Credential", "aws_secret", "SECRET_ACCESS", key):
            assert secret not in text, name


def test_one_id_leads_from_the_request_to_the_email(
    logs: dict[str, str], batches: list[str], stack: Stack
) -> None:
    said = defaultdict(set)
    for name, text in logs.items():
        for line in lines(text):
            if line.get("correlation_id") == batch_hash(batches[0]):
                said[name].add(str(line["message"]))
    assert {"batch accepted", "request", "step"} <= said["planner"]
    assert "message done" in said["worker"]
    assert {"step", "batch ended"} <= said["collector"]
    assert "notified" in said["notifier"]
    assert "request" in said["portal"]


def test_an_answer_tells_the_id_that_its_logs_are_found_by(service: Service, batches: list[str]) -> None:
    answer = service.call(f"/batches/{batches[0]}")
    assert answer.headers["x-correlation-id"] == batch_hash(batches[0])
    assert service.call("/health").headers["x-correlation-id"]


def test_executions_are_not_named_by_what_opens_their_batch(stack: Stack, batches: list[str]) -> None:
    client = stack.emulator.client("stepfunctions")
    listed = client.get_paginator("list_executions").paginate(stateMachineArn=stack.outputs.state_machine_arn)
    names = [execution["name"] for page in listed for execution in page["executions"]]
    assert len([name for name in names if name.startswith(f"{batch_hash(batches[0])}-")]) == 1
    assert not [name for name in names if any(batch in name for batch in batches)]


def test_metrics_tell_how_batches_ended(logs: dict[str, str]) -> None:
    told = [line for text in logs.values() for line in lines(text) if "_aws" in line]
    names = {
        metric["Name"]
        for line in told
        for directive in line["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
    }
    assert {
        "BatchesAccepted",
        "BatchesCompleted",
        "ImagesDelivered",
        "DeliveredBytes",
        "BatchSeconds",
    } <= names
    assert {"MailsSent", "BatchesCancelled"} <= names
    assert {line["_aws"]["CloudWatchMetrics"][0]["Namespace"] for line in told} == {"skybatch"}
