"""The account: its concurrency, the region's services, a stack that is there already."""

from __future__ import annotations

import dataclasses

import pytest

from skybatch.deployment.findings import Level
from skybatch.deployment.preflight.account_checks import (
    check_concurrency,
    check_identity,
    check_services,
    check_stack,
)
from tests.support.deployment.planned import Refused, levels, planned, planned_with, set_clients


def test_the_account_is_told() -> None:
    clients = set_clients(
        sts={"get_caller_identity": {"Account": "123456789012", "Arn": "arn:aws:iam::1:user/u"}}
    )
    (finding,) = check_identity(planned(), clients)
    assert "123456789012" in finding.fact


@pytest.mark.parametrize(
    ("region", "level"),
    [
        ("us-east-1", Level.OK),
        ("eu-west-1", Level.OK),
        ("cn-north-1", Level.OK),
        ("us-gov-west-1", Level.OK),
        ("eu-mars-1", Level.WARNING),
    ],
)
def test_what_the_template_uses_is_in_the_region(region: str, level: Level) -> None:
    stack = dataclasses.replace(planned(), region=region)
    assert levels(list(check_services(stack, set_clients()))) == {"services": level}


@pytest.mark.parametrize(
    ("status", "level"),
    [
        ("CREATE_COMPLETE", Level.OK),
        ("UPDATE_ROLLBACK_COMPLETE", Level.OK),
        ("ROLLBACK_COMPLETE", Level.ERROR),
        ("REVIEW_IN_PROGRESS", Level.ERROR),
        ("UPDATE_IN_PROGRESS", Level.ERROR),
        ("UPDATE_ROLLBACK_FAILED", Level.ERROR),
        ("DELETE_FAILED", Level.ERROR),
    ],
)
def test_a_stack_that_is_there_can_be_updated_or_not(status: str, level: Level) -> None:
    clients = set_clients(cloudformation={"describe_stacks": {"Stacks": [{"StackStatus": status}]}})
    assert levels(list(check_stack(planned(), clients))) == {"stack": level}


@pytest.mark.parametrize(("code", "level"), [("ValidationError", Level.OK), ("AccessDenied", Level.SKIPPED)])
def test_a_stack_that_is_not_there_is_new(code: str, level: Level) -> None:
    clients = set_clients(cloudformation={"describe_stacks": Refused(code)})
    assert levels(list(check_stack(planned(), clients))) == {"stack": level}


@pytest.mark.parametrize(
    ("quota", "unreserved", "reserved", "given", "level"),
    [
        (1000, 1000, None, {}, Level.OK),
        (10, 10, None, {}, Level.ERROR),
        (10, 10, None, {"ReserveConcurrency": "false", "WorkerConcurrency": "5"}, Level.OK),
        (10, 10, None, {"ReserveConcurrency": "false", "WorkerConcurrency": "6"}, Level.WARNING),
        (1000, 140, None, {"WorkerConcurrency": "50"}, Level.ERROR),
        (1000, 140, 50, {"WorkerConcurrency": "90"}, Level.OK),  # of which 50 are its own already
        (1000, 140, 50, {"WorkerConcurrency": "91"}, Level.ERROR),
    ],
)
def test_lambda_keeps_a_hundred_executions_for_all(
    quota: int, unreserved: int, reserved: int | None, given: dict[str, str], level: Level
) -> None:
    """Lambda developer guide, reserved concurrency: at least 100 stay unreserved."""
    limits = {"ConcurrentExecutions": quota, "UnreservedConcurrentExecutions": unreserved}
    held = (
        Refused("ResourceNotFoundException")
        if reserved is None
        else {"ReservedConcurrentExecutions": reserved}
    )
    clients = set_clients(
        **{"lambda": {"get_account_settings": {"AccountLimit": limits}, "get_function_concurrency": held}}
    )
    found = list(check_concurrency(planned_with(**given), clients))
    assert levels(found) == {"concurrency": level}


def test_the_advice_is_what_passes() -> None:
    limits = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
    answers = {"get_account_settings": {"AccountLimit": limits}, "get_function_concurrency": {}}
    clients = set_clients(**{"lambda": answers})
    (finding,) = check_concurrency(planned(), clients)
    advice = dict(word.split("=") for word in finding.action.partition(",")[0].split())
    assert levels(list(check_concurrency(planned_with(**advice), clients))) == {"concurrency": Level.OK}
