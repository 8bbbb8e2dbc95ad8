"""Endpoint, region and credentials of S3 are found as AWS tools find them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import obstore
import pytest

from skybatch.storage.locations import open_tree
from skybatch.storage.s3 import Connection, open_bucket

CREDENTIALS = "[survey]\naws_access_key_id = FROMPROFILE\naws_secret_access_key = secret\n"
CONFIG = "[profile survey]\nregion = eu-west-1\n"


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no file of AWS tools on this machine."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    open_bucket.cache_clear()


@pytest.fixture
def profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A profile with credentials and a region; its configuration file."""
    (tmp_path / "credentials").write_text(CREDENTIALS)
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("AWS_PROFILE", "survey")
    return tmp_path / "config"


@pytest.mark.parametrize(
    ("environment", "endpoint"),
    [
        ({}, ""),
        ({"AWS_ENDPOINT_URL": "http://all"}, "http://all"),
        ({"AWS_ENDPOINT_URL_S3": "http://s3"}, "http://s3"),
        ({"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_S3": "http://s3"}, "http://s3"),
    ],
)
def test_the_endpoint_of_s3_takes_precedence(environment: dict[str, str], endpoint: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
    assert Connection.from_environment(environment | keys) == Connection(endpoint)


def test_a_profile_gives_credentials_and_region(profile: Path) -> None:
    connection = Connection.from_environment()
    assert connection.config == {"region": "eu-west-1"}
    assert connection.credential_provider is not None
    assert connection.credential_provider()["access_key_id"] == "FROMPROFILE"


def test_a_profile_gives_the_endpoint_unless_a_variable_does(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile.write_text(CONFIG + "endpoint_url = http://of-the-profile\n")
    assert Connection.from_environment().endpoint == "http://of-the-profile"
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://s3")
    assert Connection.from_environment().endpoint == "http://s3"


def test_a_region_variable_wins_over_the_profile(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    assert Connection.from_environment().config == {"region": "ap-south-1"}


def test_credentials_in_the_environment_win_over_a_profile(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    assert Connection.from_environment().credential_provider is None


def test_a_bucket_is_opened_through_a_profile(
    s3: str, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3)
    open_tree("s3://archive/profile").write("a", b"1")
    assert bytes(obstore.get(open_bucket("archive", "profile"), "a").bytes()) == b"1"


def test_a_bucket_is_opened_with_variables_alone(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3)
    obstore.put(open_bucket("archive"), "variables", b"2")
    assert open_tree("s3://archive").read("variables") == b"2"


def test_a_function_opens_a_bucket_without_boto3() -> None:
    code = (
        "import sys; from skybatch.storage.s3 import open_bucket; open_bucket('b'); "
        "print('boto3' in sys.modules)"
    )
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_REGION": "us-east-1"}
    env = os.environ | keys
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
