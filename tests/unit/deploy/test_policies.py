"""Every policy of the template, read statement by statement: what may be done, to what, by whom.

The emulator's enforcement (tests/e2e/access/test_auth.py) does not reach the state machine's role, nor what
AWS itself does with the worker's right to the queue; these tests do.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.batches.template import STATES, listed, of_type, properties, statements, text

ROLES = list(of_type("AWS::IAM::Role"))
FUNCTION_ROLES = [role for role in ROLES if role != "StateMachineRole"]
# X-Ray and log delivery know no resources (Service Authorization Reference); SES is held by its sender.
NO_RESOURCE = {"xray", "logs", "ses"}
# The emulator asks for SendMessageBatch by that name; on AWS this is SendMessage alone.
SENDERS = {("PlannerRole", "sqs:SendMessage*"), ("WorkerRole", "sqs:SendMessage*")}
ACTION = re.compile(r"[a-z0-9]+:[A-Za-z]+")


def trust(role: str) -> dict[str, Any]:
    (statement,) = properties(role)["AssumeRolePolicyDocument"]["Statement"]
    return dict(statement)


@pytest.mark.parametrize("role", FUNCTION_ROLES)
def test_lambda_alone_takes_a_functions_role(role: str) -> None:
    assert trust(role)["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert trust(role)["Action"] == "sts:AssumeRole"


def test_step_functions_alone_takes_the_machines_role_and_for_this_account_only() -> None:
    assert trust("StateMachineRole")["Principal"] == {"Service": "states.amazonaws.com"}
    condition = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert trust("StateMachineRole")["Condition"] == condition


def test_the_machine_may_call_exactly_the_functions_it_names() -> None:
    named = {state["Resource"].strip("${}") for state in STATES.values() if state["Type"] == "Task"}
    arguments = properties("BatchStateMachine")["DefinitionSubstitutions"]
    wanted = [arguments[name] for name in named]
    (steps,) = (s for s in statements("StateMachineRole") if s["Sid"] == "Steps")
    assert steps["Action"] == "lambda:InvokeFunction"
    assert sorted(map(text, steps["Resource"])) == sorted(map(text, wanted))


def test_the_machine_may_do_nothing_else_but_log_and_trace() -> None:
    others = [s for s in statements("StateMachineRole") if s["Sid"] != "Steps"]
    services = {action.split(":")[0] for s in others for action in listed(s["Action"])}
    assert services == {"logs", "xray"}


@pytest.mark.parametrize("role", ROLES)
def test_statements_allow_named_actions(role: str) -> None:
    for statement in statements(role):
        assert statement["Effect"] == "Allow"
        assert not {"NotAction", "NotResource"} & set(statement)
        for action in listed(statement["Action"]):
            assert ACTION.fullmatch(action) or (role, action) in SENDERS


@pytest.mark.parametrize("role", ROLES)
def test_a_star_for_a_resource_is_only_for_what_knows_none(role: str) -> None:
    for statement in statements(role):
        if "*" in listed(statement["Resource"]):
            services = {action.split(":")[0] for action in listed(statement["Action"])}
            assert services <= NO_RESOURCE, statement["Sid"]


@pytest.mark.parametrize("role", FUNCTION_ROLES)
def test_a_path_in_s3_is_a_bucket_and_a_folder_of_it(role: str) -> None:
    """A star at the end of a folder, never within or instead of a bucket's name."""
    for statement in statements(role):
        if any(action.startswith("s3:") for action in listed(statement["Action"])):
            for resource in listed(statement["Resource"]):
                assert re.search(r"ResultsBucket|ArchiveBucket|ImageBuckets", text(resource))
                assert "*" not in text(resource).split("/", 1)[0]


@pytest.mark.parametrize("role", FUNCTION_ROLES)
def test_nobody_removes_reads_versions_or_changes_settings(role: str) -> None:
    multipart = {"s3:AbortMultipartUpload", "s3:ListBucketMultipartUploads"}
    allowed = {"s3:GetObject", "s3:PutObject", "s3:ListBucket"} | multipart
    done = {action for s in statements(role) for action in listed(s["Action"]) if action.startswith("s3:")}
    assert done <= allowed


@pytest.mark.parametrize("role", FUNCTION_ROLES)
def test_the_archive_is_only_ever_read(role: str) -> None:
    for statement in statements(role):
        if any("ArchiveBucket" in text(resource) for resource in listed(statement["Resource"])):
            assert set(listed(statement["Action"])) <= {"s3:GetObject", "s3:ListBucket"}


def test_the_portal_which_anyone_reaches_writes_previews_accounts_addresses_and_images_alone() -> None:
    written = [
        text(resource)
        for statement in statements("PortalRole")
        if "s3:PutObject" in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]
    folders = ("batches/*/previews/*", "usage/*", "mail/*", "images/*")
    assert written == [text({"Fn::Sub": f"${{ResultsBucket.Arn}}/{folder}"}) for folder in folders]


def test_a_function_is_called_by_our_api_and_the_rule_on_our_mail_alone() -> None:
    permissions = of_type("AWS::Lambda::Permission")
    by_rule = permissions.pop("MailReturnedPermission")
    assert by_rule["SourceArn"] == {"Fn::GetAtt": ["MailReturnedRule", "Arn"]}
    for permission in permissions.values():
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert "${HttpApi}/" in permission["SourceArn"]["Fn::Sub"]


def test_only_those_who_read_images_read_other_buckets_and_only_read_them() -> None:
    readers = {role: [s for s in statements(role) if "ImageBuckets" in text(s["Resource"])] for role in ROLES}
    assert {role for role, found in readers.items() if found} == {"WorkerRole", "SearchRole"}
    for role in ("WorkerRole", "SearchRole"):
        assert [s["Action"] for s in readers[role]] == ["s3:GetObject", "s3:ListBucket"]


@pytest.mark.parametrize("role", FUNCTION_ROLES)
def test_the_archives_key_decrypts_what_s3_reads_and_nothing_else(role: str) -> None:
    (key,) = (s for s in statements(role) if "kms:" in text(s["Action"]))
    assert (key["Action"], key["Resource"]) == ("kms:Decrypt", {"Ref": "ArchiveKmsKeyArn"})
    service = {"Fn::Sub": "s3.${AWS::Region}.${AWS::URLSuffix}"}
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": service}}


def test_statements_of_what_a_deployment_may_do_without_are_there_only_if_it_is_given() -> None:
    conditions = {
        statement["Fn::If"][1]["Sid"]: statement["Fn::If"][0]
        for role in FUNCTION_ROLES
        for policy in properties(role)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "Fn::If" in statement
    }
    assert conditions == {
        "ArchiveKey": "HasArchiveKey",
        "OtherImages": "ReadsImageBuckets",
        "ListOtherImages": "ReadsImageBuckets",
        "Mail": "SendsMail",
        "SendHeld": "ConfirmsAddresses",
    }
