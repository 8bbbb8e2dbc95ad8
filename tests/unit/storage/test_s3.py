"""A function finds endpoint, region and credentials of S3 in its environment."""

from __future__ import annotations

import os
import subprocess
import sys

import obstore
import pytest

from skybatch.storage.s3 import Connection, open_bucket


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


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_partition_of_china_has_an_endpoint_of_its_own(variable: str) -> None:
    connection = Connection.from_environment({variable: "cn-north-1"})
    assert connection.endpoint == "https://s3.cn-north-1.amazonaws.com.cn"
    assert Connection.from_environment({variable: "us-gov-west-1"}).endpoint == ""


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
