"""Checksums, dead letters, logs, metrics and traces as an operator finds them."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from skybatch.deployment.findings import Level
from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.stack_access import StackAccess
from skybatch.deployment.smoke.stack_checks import (
    check_archive_checksum,
    check_dead_letters,
    check_logs,
    check_metrics,
    check_traces,
    object_key,
)
from skybatch.redaction import batch_hash
from tests.support.deployment.planned import Refused, levels, set_clients
from tests.support.deployment.scripted_service import FILE, ID, STATUS, service

OUTPUTS = {"ResultsBucketName": "results", "DeadLetterQueueUrl": "dead"}
CRC = base64.b64encode(zlib.crc32(FILE).to_bytes(4, "big")).decode()


def stack(**services: Any) -> StackAccess:
    return StackAccess("sky", OUTPUTS, set_clients(**services), 0.0)


def ran() -> Context:
    context = service()
    context.batches["crops"] = dict(STATUS)
    return context


@pytest.mark.parametrize(
    ("head", "level"),
    [
        ({"ChecksumCRC32": CRC, "ChecksumType": "FULL_OBJECT"}, Level.OK),
        ({"ChecksumCRC32": "AAAAAA==", "ChecksumType": "FULL_OBJECT"}, Level.ERROR),
        ({"ChecksumCRC32": "AAAAAA==-2", "ChecksumType": "COMPOSITE"}, Level.SKIPPED),
        ({}, Level.SKIPPED),
        ({"ContentLength": 63}, Level.ERROR),
    ],
)
def test_the_archive_has_the_checksum_that_s3_keeps(head: dict[str, Any], level: Level) -> None:
    access = stack(s3={"head_object": {"ContentLength": 64} | head})
    assert levels(list(check_archive_checksum(ran(), access))) == {"archive-checksum": level}


@pytest.mark.parametrize(
    "url",
    [
        "https://results.s3.eu-west-1.amazonaws.com/batches/a%20b/images.tar?X-Amz-Date=1",
        "https://s3.eu-west-1.amazonaws.com/results/batches/a%20b/images.tar?X-Amz-Date=1",
        "http://127.0.0.1:4566/results/batches/a%20b/images.tar",
    ],
)
def test_the_key_of_a_presigned_url(url: str) -> None:
    assert object_key(url, "results") == "batches/a b/images.tar"


@pytest.mark.parametrize(("count", "level"), [("0", Level.OK), ("1", Level.ERROR)])
def test_dead_letters(count: str, level: Level) -> None:
    access = stack(sqs={"get_queue_attributes": {"Attributes": {"ApproximateNumberOfMessages": count}}})
    assert levels(list(check_dead_letters(ran(), access))) == {"dead-letters": level}


def log_of(*lines: str) -> Callable[..., Any]:
    def filter_log_events(filterPattern: str, **_: Any) -> Any:  # noqa: N803 (boto3's name)
        return {"events": [{"message": line} for line in lines if filterPattern.strip('"') in line]}

    return filter_log_events


LINE = json.dumps({"correlation_id": batch_hash(ID)})


@pytest.mark.parametrize(
    ("lines", "level"),
    [
        ([LINE], Level.OK),
        ([], Level.ERROR),
        ([LINE, f"plain {batch_hash(ID)}"], Level.ERROR),
        ([LINE, json.dumps({"id": ID})], Level.ERROR),
    ],
)
def test_a_batch_is_logged_by_its_hash_in_json(lines: list[str], level: Level) -> None:
    found = levels(list(check_logs(ran(), stack(logs={"filter_log_events": log_of(*lines)}))))
    assert found == {f"logs-{name}": level for name in ("planner", "worker", "collector", "notifier")}


@pytest.mark.parametrize(("points", "level"), [([{"Sum": 1.0}], Level.OK), ([], Level.ERROR)])
def test_metrics_arrive(points: list[Any], level: Level) -> None:
    access = stack(cloudwatch={"get_metric_statistics": {"Datapoints": points}})
    assert levels(list(check_metrics(ran(), access))) == {"metrics": level}


@pytest.mark.parametrize(("traces", "level"), [([{}], Level.OK), ([], Level.ERROR)])
def test_traces_arrive(traces: list[Any], level: Level) -> None:
    access = stack(xray={"get_trace_summaries": {"TraceSummaries": traces}})
    assert levels(list(check_traces(ran(), access))) == {"traces": level}


def test_without_batches_there_is_nothing_to_look_for() -> None:
    access = stack(s3={"head_object": Refused("404")}, logs={"filter_log_events": Refused("404")})
    assert list(check_archive_checksum(service(), access)) == list(check_logs(service(), access)) == []
