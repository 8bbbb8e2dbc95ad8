"""A function finds endpoint, region and credentials of S3 in its environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import obstore
import pytest
from obstore.exceptions import GenericError

import skybatch.storage.s3 as s3_module
from skybatch.settings import Settings
from skybatch.storage.s3 import (
    CALL_TIMEOUT,
    CONNECT_TIMEOUT,
    FUNCTION_RETRIES,
    TRANSFER_BYTES,
    TRANSFER_TIMEOUT,
    Connection,
    open_archive,
    open_bucket,
    with_time_for,
)
from tests.support.aws.fake_s3 import FakeS3, S3Request, fake_s3
from tests.support.aws.s3_faults import delay, never_answer, stall_after, times
from tests.support.batches.template import TEMPLATE, properties


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of AWS tools."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    open_bucket.cache_clear()


@pytest.mark.parametrize(
    ("environment", "endpoint"),
    [
        ({}, ""),
        ({"AWS_REGION": "eu-west-1"}, ""),
        ({"AWS_ENDPOINT_URL": "http://all"}, "http://all"),
        ({"AWS_ENDPOINT_URL_S3": "http://s3"}, "http://s3"),
        ({"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_S3": "http://s3"}, "http://s3"),
    ],
)
def test_the_endpoint_of_s3_takes_precedence(environment: dict[str, str], endpoint: str) -> None:
    assert Connection.from_environment(environment) == Connection(endpoint)


def test_a_bucket_is_opened_with_variables_alone(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3)
    obstore.put(open_bucket("archive"), "variables", b"2")
    assert bytes(obstore.get(open_bucket("archive"), "variables").bytes()) == b"2"


def test_a_function_opens_a_bucket_without_boto3() -> None:
    code = (
        "import sys; from skybatch.storage.s3 import open_bucket; open_bucket('b'); "
        "print('boto3' in sys.modules)"
    )
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_REGION": "us-east-1"}
    env = os.environ | keys
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeS3]:
    """A server of S3 that `open_bucket` reaches."""
    for name, value in {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with fake_s3() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", running.url)
        yield running


def test_a_function_tries_what_is_not_answered_again(fake: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_module, "CALL_TIMEOUT", timedelta(seconds=0.3))
    fake.memory.put("k", b"1", {})
    fake.faults.append(times(2, never_answer, verb="GET"))
    assert bytes(obstore.get(open_bucket("archive"), "k").bytes()) == b"1"
    assert fake.count("GET") == 3


def test_a_body_that_stalls_goes_on_where_it_ended(fake: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_module, "CALL_TIMEOUT", timedelta(seconds=0.3))
    body = os.urandom(300_000)
    fake.memory.put("k", body, {})
    fake.faults.append(times(2, stall_after(100_000), verb="GET"))
    assert bytes(obstore.get(open_bucket("archive"), "k").bytes()) == body


def test_large_writes_have_more_time(fake: FakeS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_module, "CALL_TIMEOUT", timedelta(seconds=0.2))
    bucket = open_bucket("archive", "prefix")
    assert with_time_for(bucket, TRANSFER_BYTES - 1) is bucket
    fake.faults.append(delay(0.5))
    with pytest.raises(GenericError):
        obstore.put(bucket, "k", b"1", mode="create")
    body = bytes(TRANSFER_BYTES)
    obstore.put(with_time_for(bucket, len(body)), "large", body, mode="create")
    assert fake.memory.objects["prefix/large"].body == body


def test_calls_end_before_their_function_does() -> None:
    longest = FUNCTION_RETRIES["retry_timeout"] + CALL_TIMEOUT
    assert CONNECT_TIMEOUT < CALL_TIMEOUT < TRANSFER_TIMEOUT
    assert longest.total_seconds() < properties("PortalFunction")["Timeout"]
    assert longest.total_seconds() < int(TEMPLATE["Parameters"]["WorkerTimeout"]["Default"])


@pytest.mark.parametrize(("pays", "said"), [(True, "requester"), (False, None)])
def test_an_archive_whose_requester_pays_is_told_so(
    pays: bool, said: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str | None] = []

    def hear(request: S3Request) -> bool:
        heard.append(request.headers.get("x-amz-request-payer"))
        return False

    with fake_s3(hear) as s3:
        for name, value in {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "REGION": "us-east-1"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3.url)
        s3.client().put_object(Bucket="archive", Key="p/k", Body=b"1")
        heard.clear()
        archive = open_archive(
            Settings(archive_bucket="archive", archive_prefix="p", archive_requester_pays=pays)
        )
        assert bytes(obstore.get(archive, "k").bytes()) == b"1"
    assert heard == [said]
