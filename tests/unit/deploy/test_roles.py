"""One role a function, and in it only what that function does."""

from __future__ import annotations

import pytest

from tests.support.batches.template import FUNCTIONS, listed, of_type, statements, text

ROLES = list(of_type("AWS::IAM::Role"))

# The emulator asks for SendMessageBatch by that name; on AWS this is SendMessage alone.
WIDE_ACTIONS = {("PlannerRole", "sqs:SendMessage*"), ("WorkerRole", "sqs:SendMessage*")}
# SES knows the sender by a condition; log delivery and X-Ray know no resource.
WIDE_RESOURCES = {("NotifierRole", "Mail"), ("StateMachineRole", "Log")} | {(role, "Trace") for role in ROLES}

# Prefixes of the results bucket that each may write; the archive bucket is nowhere.
WRITES = {
    "PlannerRole": {"batches", "active", "keys", "names", "answers", "usage", "mail"},
    "WorkerRole": {"batches"},
    "CollectorRole": {"batches"},
    "NotifierRole": {"batches", "active", "mail"},
    "PortalRole": {"batches/*/previews", "usage", "mail", "images"},
    "SearchRole": {"answers", "names", "usage"},
}
ACTIONS = {
    "PlannerRole": {
        "s3:GetObject", "s3:PutObject", "s3:ListBucket",
        "sqs:SendMessage*", "states:StartExecution",
    },
    "WorkerRole": {
        "s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:AbortMultipartUpload", "sqs:SendMessage*",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility",
    },
    "CollectorRole": {
        "s3:GetObject", "s3:PutObject", "s3:ListBucket",
        "s3:AbortMultipartUpload", "s3:ListBucketMultipartUploads",
    },
    "NotifierRole": {"s3:GetObject", "s3:PutObject", "s3:ListBucket", "ses:SendEmail"},
    "PortalRole": {
        "s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:AbortMultipartUpload", "lambda:InvokeFunction",
    },
    "SearchRole": {"s3:GetObject", "s3:PutObject", "s3:ListBucket"},
}  # fmt: skip
LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}
TRACING = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


# Objects of the archive may be encrypted by a key of the operator.
ACTIONS = {role: allowed | {"kms:Decrypt"} for role, allowed in ACTIONS.items()}


def actions(role: str) -> set[str]:
    return {action for statement in statements(role) for action in listed(statement["Action"])}


def test_every_function_has_a_role_of_its_own() -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in FUNCTIONS.values()]
    assert len(set(roles)) == len(FUNCTIONS)


@pytest.mark.parametrize("role", ACTIONS)
def test_a_role_may_do_what_its_function_does(role: str) -> None:
    assert actions(role) == ACTIONS[role] | LOGGING | TRACING


@pytest.mark.parametrize("role", ROLES)
def test_no_action_is_wide_without_a_reason(role: str) -> None:
    wide = {(role, action) for action in actions(role) if "*" in action}
    assert wide <= WIDE_ACTIONS


@pytest.mark.parametrize("role", ROLES)
def test_no_resource_is_wide_without_a_reason(role: str) -> None:
    wide = {(role, s["Sid"]) for s in statements(role) if "*" in listed(s["Resource"])}
    assert wide <= WIDE_RESOURCES


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_written_but_the_results(role: str) -> None:
    written: set[str] = set()
    for statement in statements(role):
        if "s3:PutObject" in listed(statement["Action"]):
            written |= {text(resource) for resource in listed(statement["Resource"])}
    allowed = {f'{{"Fn::Sub": "${{ResultsBucket.Arn}}/{prefix}/*"}}' for prefix in WRITES.get(role, set())}
    assert written == allowed


@pytest.mark.parametrize("role", ROLES)
def test_listings_are_held_to_prefixes(role: str) -> None:
    for statement in statements(role):
        if "s3:ListBucket" in listed(statement["Action"]) and statement["Sid"] != "ListOtherImages":
            assert statement["Condition"]["StringLikeIfExists"]["s3:prefix"]


@pytest.mark.parametrize("role", ROLES)
def test_logs_go_to_the_functions_own_group(role: str) -> None:
    (log,) = (s for s in statements(role) if s["Sid"] == "Log")
    if role != "StateMachineRole":
        assert log["Resource"] == {"Fn::GetAtt": [role.replace("Role", "Logs"), "Arn"]}


def test_mail_leaves_under_one_name() -> None:
    (mail,) = (s for s in statements("NotifierRole") if s["Sid"] == "Mail")
    assert mail["Condition"] == {"StringEqualsIfExists": {"ses:FromAddress": {"Ref": "MailFrom"}}}
