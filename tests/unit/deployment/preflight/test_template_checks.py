"""The template is held to CloudFormation's quotas, parameters to their rules, names to their lengths."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.deployment.findings import Level
from skybatch.deployment.preflight.template_checks import (
    check_parameters,
    check_stack_name,
    check_template,
)
from tests.support.deployment.planned import levels, planned, planned_with, set_clients

NOBODY = set_clients()


def test_a_template_goes_through_the_bucket_or_is_too_large_for_that_too(tmp_path: Path) -> None:
    for size, level in ((1_000, Level.OK), (60_000, Level.OK), (1_000_001, Level.ERROR)):
        path = tmp_path / f"{size}.yaml"
        path.write_text("Resources: {}\n".ljust(size, "#"))
        assert levels(list(check_template(planned(template=path), NOBODY))) == {"template": level}


def test_without_a_template_there_is_nothing_to_deploy(tmp_path: Path) -> None:
    stack = planned(template=tmp_path / "none")
    assert levels(list(check_template(stack, NOBODY))) == {"template": Level.ERROR}
    assert list(check_parameters(stack, NOBODY)) == []


@pytest.mark.parametrize(
    "given",
    [
        {"NoSuch": "1"},
        {"LogLevel": "LOUD"},
        {"MailFrom": "nobody"},
        {"MaxRows": "many"},
        {"MaxRows": "0"},
        {"MaxUploadBytes": "5000000"},
        {"DispatchWindow": "99"},
        {"MaxBatchBytes": "10000000000", "DispatchWindow": "99"},
    ],
    ids=str,
)
def test_parameters_that_cannot_be(given: dict[str, str]) -> None:
    found = list(check_parameters(planned_with(**given), NOBODY))
    assert levels(found) == {"parameters": Level.ERROR}
    assert all(finding.action for finding in found)


def test_a_value_that_the_template_hides_is_in_no_finding() -> None:
    (finding,) = check_parameters(planned_with(OriginSecret="hunter 2"), NOBODY)
    assert (finding.level, "OriginSecret" in finding.fact) == (Level.ERROR, True)
    assert "hunter" not in f"{finding.fact} {finding.action}"


@pytest.mark.parametrize(
    "given", [{}, {"MaxBatchBytes": "10000000000", "DispatchWindow": "100"}, {"MailFrom": "a@b.c"}], ids=str
)
def test_parameters_that_can_be(given: dict[str, str]) -> None:
    assert levels(list(check_parameters(planned_with(**given), NOBODY))) == {"parameters": Level.OK}


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("s" * 54, Level.OK),
        ("s" * 55, Level.ERROR),  # with -collector, 65 of Lambda's 64
        ("sky_batch", Level.ERROR),
        ("1sky", Level.ERROR),
    ],
)
def test_the_stacks_name_leaves_room_for_what_is_named_after_it(name: str, level: Level) -> None:
    assert levels(list(check_stack_name(planned(name), NOBODY))) == {"stack-name": level}


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({"ApiDomain": "sky.example.org"}, Level.ERROR),
        ({"DisableExecuteApiEndpoint": "true"}, Level.WARNING),
        ({"ConfirmAddresses": "true"}, Level.WARNING),
        ({"MonthlyBudget": "100"}, Level.WARNING),
        ({"JwtScopes": "images"}, Level.WARNING),
        ({"MonthlyBudget": "100", "AlarmEmail": "ops@example.org"}, Level.OK),
        ({"ConfirmAddresses": "false", "MonthlyBudget": "0"}, Level.OK),
    ],
    ids=str,
)
def test_parameters_that_do_nothing_alone_are_named(given: dict[str, str], level: Level) -> None:
    assert levels(list(check_parameters(planned_with(**given), set_clients()))) == {"parameters": level}
