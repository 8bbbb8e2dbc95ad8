"""`make deploy`: what it is told, what it runs, and where it stops."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from skybatch.cli.command_line import make_parser
from skybatch.cli.deployment import planned_stack
from tests.support.batches.template import PARAMETERS, ROOT
from tools import deploy
from tools.deploy import Deployment, DeploymentFailed, run

GIVEN = {"STACK": "sky", "CODE_BUCKET": "code", "ARCHIVE": "images"}
FULL = GIVEN | {
    "ARCHIVE": "s3://images/a/b",
    "MAIL_FROM": "a@b.c",
    "ALARM_EMAIL": "o@b.c",
    "PARAMS": "MaxRows=7",
}


def test_what_is_missing_is_named() -> None:
    with pytest.raises(DeploymentFailed, match="wants CODE_BUCKET=…, ARCHIVE=…"):
        Deployment.of({"STACK": "sky"})


def test_variables_become_parameters_of_the_template() -> None:
    parameters = Deployment.of(FULL).parameters
    assert parameters == {
        "ArchiveBucket": "images",
        "ArchivePrefix": "a/b/",
        "MailFrom": "a@b.c",
        "AlarmEmail": "o@b.c",
        "MaxRows": "7",
    }
    assert set(parameters) <= set(PARAMETERS)
    assert Deployment.of(GIVEN | {"MAIL_FROM": ""}).parameters == {"ArchiveBucket": "images"}


@pytest.mark.parametrize("given", [GIVEN, FULL])
def test_what_is_checked_is_what_is_deployed(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    deployment = Deployment.of(given)
    words = deployment.preflight()
    checked = planned_stack(make_parser().parse_args(words[words.index("preflight") :]))
    assert (checked.name, checked.code_bucket) == (deployment.stack, deployment.code_bucket)
    own = {"ArchiveBucket": checked.archive} | ({"ArchivePrefix": checked.prefix} if checked.prefix else {})
    assert own | dict(checked.given) == deployment.parameters


def documented(verb: str) -> list[str]:
    """The words of the documented command, with the names of the example in place of its variables."""
    text = (ROOT / "docs/operations.md").read_text().replace("\\\n", " ")
    (line,) = re.findall(rf"^\s*(aws cloudformation {verb} .*)$", text, flags=re.MULTILINE)
    return shlex.split(line.replace("$CODE", "code").replace("$IMAGES", "images"))


def test_the_documented_commands_are_those_that_run() -> None:
    mails = {"MAIL_FROM": "sky@example.org", "ALARM_EMAIL": "ops@example.org"}
    deployment = Deployment.of(GIVEN | mails | {"STACK": "skybatch"})
    assert documented("package") == deployment.package()
    assert documented("deploy") == deployment.deploy()


def test_what_the_template_hides_is_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deployment = Deployment.of(GIVEN | {"PARAMS": "OriginSecret=hunter2 MaxRows=7"})
    for command in (deployment.preflight(), deployment.deploy()):
        run(["echo", *command], tmp_path, quiet=True)
    told = capsys.readouterr().out
    assert told.count("MaxRows=7") == told.count("OriginSecret=...") == 2
    assert "hunter2" not in told


def test_a_command_that_fails_ends_it(tmp_path: Path) -> None:
    with pytest.raises(DeploymentFailed, match="ended with 1"):
        run(["false"], tmp_path)
    assert run(["pwd"], tmp_path, quiet=True).strip() == str(tmp_path)


def test_commands_are_told_the_region_by_both_of_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert run(["printenv", "AWS_DEFAULT_REGION"], tmp_path, quiet=True).strip() == "eu-west-1"


def test_a_failed_check_deploys_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An endpoint where nobody answers: preflight fails, and the AWS CLI is not started."""
    for name, value in (
        GIVEN | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_REGION": "us-east-1"}
    ).items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    assert deploy.main() == 1
    said = capsys.readouterr()
    assert "preflight" in said.out
    assert "aws cloudformation" not in said.out
    assert said.err.startswith("not deployed: ")


def test_what_is_not_given_deploys_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GIVEN:
        monkeypatch.delenv(name, raising=False)
    assert deploy.main() == 1
