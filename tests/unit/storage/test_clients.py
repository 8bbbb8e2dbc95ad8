"""boto3 clients retry, and unfinished uploads are aborted below a prefix alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from skybatch.storage.clients import abort_uploads, client


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    client.cache_clear()
    with mock_aws():
        s3 = client("s3")
        s3.create_bucket(Bucket="results")
        yield s3
    client.cache_clear()


def test_only_uploads_below_the_prefix_are_aborted(bucket: Any) -> None:
    for key in ("batches/a/1", "batches/a/2", "batches/ab/3"):
        bucket.create_multipart_upload(Bucket="results", Key=key)
    assert abort_uploads("results", "batches/a/") == 2
    left = bucket.list_multipart_uploads(Bucket="results")["Uploads"]
    assert [upload["Key"] for upload in left] == ["batches/ab/3"]
    assert abort_uploads("results", "batches/a/") == 0


def test_a_client_is_made_once_and_retries(bucket: Any) -> None:
    assert client("s3") is bucket
    assert bucket.meta.config.retries["mode"] == "standard"


@pytest.mark.parametrize(("service", "read"), [("sqs", 5), ("stepfunctions", 5), ("s3", 30), ("sesv2", 60)])
def test_a_call_that_is_not_answered_is_given_up_in_time(bucket: Any, service: str, read: int) -> None:
    config = client(service).meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, read)


def test_starting_an_execution_ends_before_the_api_does(bucket: Any) -> None:
    config = client("stepfunctions").meta.config
    assert config.read_timeout * config.retries["total_max_attempts"] < 29
