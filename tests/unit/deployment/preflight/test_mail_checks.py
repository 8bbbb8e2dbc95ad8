"""Mail: the sandbox, the account's standing, and the sender's identity."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from skybatch.deployment.aws_calls import Clients
from skybatch.deployment.findings import Level
from skybatch.deployment.preflight.mail_checks import check_mail
from tests.support.deployment.planned import Refused, faults, levels, planned, planned_with, set_clients

WELL = {
    "SendingEnabled": True,
    "EnforcementStatus": "HEALTHY",
    "ProductionAccessEnabled": True,
    "SendQuota": {"Max24HourSend": 50_000.0},
    "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
}


def ses(identities: dict[str, bool] | None = None, *, of_stack: bool = False, **account: Any) -> Clients:
    """An account whose SES knows these identities, verified or not."""
    known = identities or {}

    def identity(EmailIdentity: str) -> Any:  # noqa: N803 (boto3's name)
        if EmailIdentity not in known:
            return Refused("NotFoundException")
        return {"VerifiedForSendingStatus": known[EmailIdentity]}

    resource: Any = {} if of_stack else Refused("ValidationError")
    return set_clients(
        sesv2={"get_account": WELL | account, "get_email_identity": identity},
        cloudformation={"describe_stack_resource": resource},
    )


def test_without_a_sender_nothing_is_asked() -> None:
    assert levels(list(check_mail(planned(), set_clients()))) == {"mail": Level.OK}


def test_a_verified_domain_is_well() -> None:
    stack = planned_with(MailFrom="sky@obs.example", CreateMailIdentity="false")
    assert faults(list(check_mail(stack, ses({"obs.example": True})))) == set()


@pytest.mark.parametrize(
    ("account", "fault"),
    [
        ({"ProductionAccessEnabled": False}, {"mail-sandbox": Level.WARNING}),
        ({"SendingEnabled": False}, {"mail-account": Level.ERROR}),
        ({"EnforcementStatus": "SHUTDOWN"}, {"mail-account": Level.ERROR}),
        ({"EnforcementStatus": "PROBATION"}, {"mail-account": Level.WARNING}),
        ({"SuppressionAttributes": {"SuppressedReasons": ["BOUNCE"]}}, {"mail-suppression": Level.WARNING}),
    ],
    ids=str,
)
def test_the_accounts_standing(account: dict[str, Any], fault: dict[str, Level]) -> None:
    stack = planned_with(MailFrom="sky@obs.example", CreateMailIdentity="false")
    found = levels(list(check_mail(stack, ses({"obs.example": True}, **account))))
    assert {name: level for name, level in found.items() if level is not Level.OK} == fault


@pytest.mark.parametrize(
    ("identities", "create", "of_stack", "level"),
    [
        ({}, "true", False, Level.WARNING),  # it will ask for the address's confirmation
        ({}, "false", False, Level.ERROR),
        ({"sky@obs.example": True}, "true", False, Level.ERROR),  # "already exists", when it is created
        ({"sky@obs.example": True}, "true", True, Level.OK),
        ({"sky@obs.example": False}, "true", True, Level.WARNING),
        ({"sky@obs.example": False}, "false", False, Level.ERROR),
        ({"sky@obs.example": True}, "false", False, Level.OK),
        ({"obs.example": True}, "true", False, Level.OK),
        ({"obs.example": False}, "false", False, Level.ERROR),
    ],
)
def test_the_senders_identity(identities: dict[str, bool], create: str, of_stack: bool, level: Level) -> None:
    stack = planned_with(MailFrom="sky@obs.example", CreateMailIdentity=create)
    found = levels(list(check_mail(stack, ses(identities, of_stack=of_stack))))
    assert found["mail-identity"] is level


def test_where_there_is_no_ses_there_is_no_mail() -> None:
    stack = dataclasses.replace(planned_with(MailFrom="sky@obs.example"), region="cn-north-1")
    assert levels(list(check_mail(stack, set_clients()))) == {"mail": Level.ERROR}
