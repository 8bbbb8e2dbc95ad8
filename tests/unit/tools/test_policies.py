"""Policies for tools that read them: plain JSON, nothing of CloudFormation left."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.batches.template import TEMPLATE, of_type
from tools.policies import main, policies

POLICIES = policies(TEMPLATE)
ARN = re.compile(r"arn:aws:[a-z0-9]+:[a-z0-9-]*:(\d{12})?:\S+")


def test_every_role_has_its_policy() -> None:
    assert {name.partition("-")[0] for name in POLICIES} == set(of_type("AWS::IAM::Role"))


@pytest.mark.parametrize("name", POLICIES)
def test_resources_are_arns_or_all(name: str) -> None:
    for statement in POLICIES[name]["Statement"]:
        resources = statement["Resource"]
        for resource in resources if isinstance(resources, list) else [resources]:
            assert resource == "*" or ARN.fullmatch(resource), resource


def test_nothing_of_cloudformation_is_left() -> None:
    text = json.dumps(POLICIES)
    assert not re.search(r"Fn::|\$\{|\"Ref\"", text)


def test_each_is_written_to_a_file(tmp_path: Path) -> None:
    main(tmp_path / "policies")
    written = {path.stem: json.loads(path.read_text()) for path in (tmp_path / "policies").iterdir()}
    assert written == POLICIES
