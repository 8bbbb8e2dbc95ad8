"""The documented deployment succeeds: the commands fit the template, and are the same wherever they stand."""

from __future__ import annotations

import re
import shlex

import pytest

from local.deploy import ROOT
from tests.support.batches.template import PARAMETERS, RESOURCES

# The largest template that a request to CloudFormation may contain; larger ones are uploaded to S3.
MAX_TEMPLATE_BODY_BYTES = 51_200
NAME_PROPERTIES = {"RoleName", "UserName", "GroupName", "InstanceProfileName", "ManagedPolicyName"}
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(verb: str) -> list[dict[str, list[str]]]:
    """Return the options of each documented `aws cloudformation VERB`."""
    text = "\n".join(page.read_text() for page in PAGES).replace("\\\n", " ")
    found = re.findall(rf"^\s*aws cloudformation {verb} (.*)$", text, flags=re.MULTILINE)
    return [options(line) for line in found]


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
