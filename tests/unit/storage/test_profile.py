"""An operator's credentials, region and endpoint are those that boto3 finds; boto3 itself is the judge."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from skybatch.cli.command_line import main
from skybatch.errors import InventoryError
from skybatch.storage.locations import open_tree
from skybatch.storage.profile import operator_connection
from skybatch.storage.s3 import Connection
from tests.support.servers.raw_server import Send, raw_server, response

KEYS = "aws_access_key_id = FROMPROFILE\naws_secret_access_key = secret\n"
LATER = "2099-01-01T00:00:00Z"

Configure = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no file of AWS tools on this machine, and no instance."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def silent() -> Iterator[str]:
    """An S3 that refuses and does not say where the bucket is."""
    with raw_server(lambda _, send: send(response(403))) as url:
        yield url


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, silent: str) -> Configure:
    """Writes the two shared files, and chooses a profile; S3 is the silent one unless told."""

    def write(config: str, credentials: str = "", *, profile: str = "survey", endpoint: str = silent) -> Path:
        (tmp_path / "config").write_text(config)
        (tmp_path / "credentials").write_text(credentials)
        if profile:
            monkeypatch.setenv("AWS_PROFILE", profile)
        if endpoint:
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
        return tmp_path

    return write


def credential_process(folder: Path) -> str:
    """A program that prints credentials, as `credential_process` asks of it."""
    said = {"Version": 1, "AccessKeyId": "FROMPROCESS", "SecretAccessKey": "s", "Expiration": LATER}
    (folder / "process.py").write_text(f"print({json.dumps(json.dumps(said))})\n")
    return f"{sys.executable} {folder / 'process.py'}"


def access_key(connection: Connection) -> str:
    assert connection.credential_provider is not None
    return str(connection.credential_provider()["access_key_id"])


def agrees_with_boto3(connection: Connection) -> bool:
    session = boto3.Session()
    keys = session.get_credentials().access_key
    region = session.region_name or "us-east-1"
    return access_key(connection) == keys and connection.config == {"region": region}


def test_a_profile_gives_credentials_and_region(configure: Configure) -> None:
    configure("[profile survey]\nregion = eu-west-1\n", f"[survey]\n{KEYS}")
    connection = operator_connection("archive")
    assert agrees_with_boto3(connection)
    assert connection.config == {"region": "eu-west-1"}


def test_the_default_profile_needs_no_variable(configure: Configure) -> None:
    configure("[default]\nregion = eu-west-3\n", f"[default]\n{KEYS}", profile="")
    assert agrees_with_boto3(operator_connection("archive"))


def test_a_process_gives_credentials(configure: Configure, tmp_path: Path) -> None:
    configure(f"[profile survey]\nregion = eu-west-1\ncredential_process = {credential_process(tmp_path)}\n")
    connection = operator_connection("archive")
    assert access_key(connection) == "FROMPROCESS"
    assert agrees_with_boto3(connection)


def test_credentials_of_variables_win_and_the_region_is_still_the_profiles(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure("[profile survey]\nregion = eu-west-1\n", f"[survey]\n{KEYS}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "FROMVARIABLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")
    connection = operator_connection("archive")
    assert access_key(connection) == "FROMVARIABLE"
    assert agrees_with_boto3(connection)


def test_a_profile_wins_over_the_credentials_of_a_container(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure("[profile survey]\nregion = eu-west-1\n", f"[survey]\n{KEYS}")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/")
    assert agrees_with_boto3(operator_connection("archive"))


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_a_region_variable_wins_over_the_profile(
    configure: Configure, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    configure("[profile survey]\nregion = eu-west-1\n", f"[survey]\n{KEYS}")
    monkeypatch.setenv(variable, "ap-south-1")
    assert operator_connection("archive").config == {"region": "ap-south-1"}


@pytest.mark.parametrize(
    "lines",
    ["endpoint_url = {}\n", "services = here\n[services here]\ns3 =\n  endpoint_url = {}\n"],
    ids=["of all services", "of s3"],
)
def test_a_profile_gives_the_endpoint(configure: Configure, s3: str, lines: str) -> None:
    configure("[profile survey]\nregion = us-east-1\n" + lines.format(s3), f"[survey]\n{KEYS}", endpoint="")
    assert operator_connection("archive").endpoint == s3
    open_tree("s3://archive/profile").write("a", b"1")
    assert open_tree("s3://archive").read("profile/a") == b"1"


def test_the_endpoint_of_a_variable_wins_over_the_profile(configure: Configure, silent: str) -> None:
    configure("[profile survey]\nendpoint_url = http://127.0.0.1:9\n", f"[survey]\n{KEYS}")
    assert operator_connection("archive").endpoint == silent


def test_a_bucket_of_another_region_is_reached_where_it_is(configure: Configure) -> None:
    """S3 answers the first request, signed for another region, with a redirect that names the bucket's."""
    seen: list[str] = []

    def answer(path: str, send: Send) -> None:
        seen.append(path)
        send(response(301, "", x_amz_bucket_region="eu-south-1"))

    with raw_server(answer) as elsewhere:
        configure("[profile survey]\nregion = us-east-1\n", f"[survey]\n{KEYS}", endpoint=elsewhere)
        connection = operator_connection("images")
    assert connection.config == {"region": "eu-south-1"}
    assert seen


def test_without_credentials_obstore_looks_for_its_own(configure: Configure) -> None:
    configure("[profile survey]\nregion = eu-west-1\n")
    assert operator_connection("archive").credential_provider is None


@pytest.mark.parametrize(
    ("profile", "config", "named"),
    [
        ("nobody", "", "nobody"),
        ("sso", "[profile sso]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n"
         "[sso-session s]\nsso_start_url = https://x.example\nsso_region = us-east-1\n", "SSO Token"),
        ("role", "[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = gone\n", "gone"),
        ("process", "[profile process]\ncredential_process = false\n", "custom-process"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(configure: Configure, profile: str, config: str, named: str) -> None:
    configure(config, profile=profile)
    with pytest.raises(InventoryError) as caught:
        operator_connection("archive")
    assert named in caught.value.detail


def test_the_command_says_so_in_one_line(configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    configure("", profile="nobody")
    assert main(["archive", "index", "s3://archive"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
