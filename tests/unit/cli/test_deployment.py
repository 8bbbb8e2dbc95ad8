"""`skybatch preflight` and `skybatch smoke`: options, findings on the terminal or as JSON, exit codes."""

from __future__ import annotations

import json

import pytest

from skybatch.cli.command_line import main, make_parser
from skybatch.cli.deployment import planned_stack
from tests.support.servers.raw_server import raw_server, response

REQUIRED = ["preflight", "--archive", "s3://images/sky", "--code-bucket", "code"]


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of AWS on this machine, and an endpoint where nobody answers."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def test_options_make_a_planned_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    words = [*REQUIRED, "--mail-from", "a@b.c", "--parameter", "MaxRows=7", "--stack", "sky"]
    stack = planned_stack(make_parser().parse_args(words))
    assert (stack.name, stack.region, stack.archive, stack.prefix) == ("sky", "eu-west-1", "images", "sky/")
    assert stack.given == {"MailFrom": "a@b.c", "MaxRows": "7"}


def test_without_a_region_there_is_none_to_guess(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(REQUIRED) == 1
    assert "AWS_REGION" in capsys.readouterr().err


def test_a_parameter_has_a_name_and_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*REQUIRED, "--parameter", "MaxRows", "--region", "us-east-1"]) == 1
    assert "NAME=VALUE" in capsys.readouterr().err


def test_findings_are_json_where_asked_for_and_an_error_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*REQUIRED, "--region", "us-east-1", "--json"]) == 1
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found[0]["check"] == "account"
    assert found[0]["level"] == "error"
    assert all(set(each) == {"check", "level", "fact", "action"} for each in found)


def test_a_service_that_does_not_answer_fails_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["smoke", "http://127.0.0.1:9", "--json"]) == 1
    (found,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (found["check"], found["level"]) == ("health", "error")


def test_a_service_without_images_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with raw_server(lambda _, send: send(response(200, "{}"))) as url:
        assert main(["smoke", url, "--json"]) == 1
    assert [json.loads(line)["check"] for line in capsys.readouterr().out.splitlines()] == [
        "health",
        "search",
    ]
