"""The documented deployment succeeds: the commands fit the template, and are the same wherever they stand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import botocore.session
import pytest
from botocore import xform_name

from local.deploy import ROOT
from local.template import load_template
from tests.support.batches.template import PARAMETERS, RESOURCES

# The largest template that a request to CloudFormation may contain; larger ones are uploaded to S3.
MAX_TEMPLATE_BODY_BYTES = 51_200
NAME_PROPERTIES = {"RoleName", "UserName", "GroupName", "InstanceProfileName", "ManagedPolicyName"}
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

TEXT = "\n".join(page.read_text() for page in PAGES).replace("\\\n", " ")


def commands(verb: str) -> list[dict[str, list[str]]]:
    """Return the options of each documented `aws cloudformation VERB`."""
    found = re.findall(rf"^\s*aws cloudformation {verb} (.*)$", TEXT, flags=re.MULTILINE)
    return [given for line in found if "cdn.yaml" not in (given := options(line)).get("--template-file", ())]


def options(line: str) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for word in shlex.split(line):
        if word.startswith("--"):
            given[name := word] = []
        else:
            given[name].append(word)
    return given


@pytest.fixture(params=commands("deploy"), ids=lambda command: " ".join(command))
def deploy(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    command: dict[str, list[str]] = request.param
    return command


def test_the_commands_are_documented_and_everywhere_the_same() -> None:
    for verb in ("package", "deploy"):
        found = commands(verb)
        assert found
        assert all(command == found[0] for command in found)


def test_a_template_too_large_for_a_request_is_uploaded(deploy: dict[str, list[str]]) -> None:
    assert (ROOT / "template.yaml").stat().st_size > MAX_TEMPLATE_BODY_BYTES
    assert len(deploy["--s3-bucket"]) == 1


def test_what_is_deployed_is_what_was_packaged(deploy: dict[str, list[str]]) -> None:
    package = commands("package")[0]
    assert deploy["--template-file"] == package["--output-template-file"]
    assert deploy["--s3-bucket"] == package["--s3-bucket"]


def test_capabilities_are_those_the_template_needs(deploy: dict[str, list[str]]) -> None:
    """IAM resources need CAPABILITY_IAM, named ones CAPABILITY_NAMED_IAM.

    CAPABILITY_AUTO_EXPAND has no effect on change sets, and `deploy` always makes one.
    """
    iam = [each for each in RESOURCES.values() if each["Type"].startswith("AWS::IAM::")]
    assert iam
    named = any(NAME_PROPERTIES & each.get("Properties", {}).keys() for each in iam)
    assert deploy["--capabilities"] == ["CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"]


def test_parameters_exist_and_required_ones_are_given(deploy: dict[str, list[str]]) -> None:
    given = {word.partition("=")[0] for word in deploy["--parameter-overrides"]}
    required = {name for name, parameter in PARAMETERS.items() if "Default" not in parameter}
    assert required <= given <= set(PARAMETERS)


def test_the_cdn_is_deployed_with_all_its_parameters() -> None:
    declared = load_template(ROOT / "cdn.yaml")["Parameters"]
    (line,) = re.findall(r"^ *aws cloudformation deploy (.*cdn\.yaml.*)$", TEXT, flags=re.MULTILINE)
    given = options(line)
    assert given["--region"] == ["us-east-1"]
    names = {word.partition("=")[0] for word in given["--parameter-overrides"]}
    assert {name for name, each in declared.items() if "Default" not in each} <= names <= set(declared)


# Every command of the AWS CLI ---------------------------------------------------------------------------

# Of the CLI itself (global options), and commands that it makes of several calls.
GLOBAL_OPTIONS = {"query", "output", "region", "profile", "no-cli-pager"}
OF_THE_CLI = {
    ("s3", None),
    ("cloudformation", "package"),
    ("cloudformation", "deploy"),
    ("configure", None),
    ("sso", None),
}


def all_commands() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """List service, operation and options of each `aws …` in code blocks and in running text."""
    for page in PAGES:
        text = page.read_text().replace("\\\n", " ")
        spans = re.findall(r"`(aws [^`]+)`", text) + re.findall(
            r"(?:^\s*|\$\()(aws [a-z0-9]+ .*)$", text, re.MULTILINE
        )
        for span in spans:
            for command in re.findall(r"aws [a-z0-9]+ [a-z0-9-]+(?: [^$`]*)?", span):
                _, service, operation, *words = command.split()
                operation = f"wait {words[0]}" if operation == "wait" else operation
                yield service, operation, tuple(sorted(set(re.findall(r" --([a-z0-9-]+)", command))))


def is_of_the_cli(service: str, operation: str) -> bool:
    return bool({(service, None), (service, operation)} & OF_THE_CLI)


COMMANDS = sorted({each for each in all_commands() if not is_of_the_cli(*each[:2])})


@pytest.mark.parametrize(("service", "operation", "options"), COMMANDS, ids=lambda value: str(value))
def test_every_command_is_one_that_aws_has(service: str, operation: str, options: tuple[str, ...]) -> None:
    """The models of botocore, of which the AWS CLI makes its commands, are the judge."""
    session = botocore.session.get_session()
    model = session.get_service_model({"s3api": "s3"}.get(service, service))
    if operation.startswith("wait "):
        waiters = session.get_waiter_model(service)
        (operation,) = [
            waiters.get_waiter(name).operation
            for name in waiters.waiter_names
            if xform_name(name, "-") == operation.removeprefix("wait ")
        ]
        operation = xform_name(operation, "-")
    named = {xform_name(name, "-"): name for name in model.operation_names}
    members = model.operation_model(named[operation]).input_shape
    known = {xform_name(name, "-") for name in members.members} if members else set()
    assert set(options) - GLOBAL_OPTIONS <= known


def test_commands_are_found_on_the_pages() -> None:
    assert {
        ("sts", "get-caller-identity"),
        ("sqs", "start-message-move-task"),
        ("cloudformation", "wait stack-import-complete"),
        ("s3api", "put-bucket-cors"),
    } <= {(service, operation) for service, operation, _ in COMMANDS}
