"""Least privilege, enforced: a batch runs whole, and no role can do what only others do.

The emulator evaluates every call against the roles' policies as they were deployed (``AUTH=true``). Each
role is tried through a copy that this test may assume: same policies, another trust.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.emulator import REGION
from local.mailbox import wait_for_email
from local.stack import MAIL_FROM, Stack
from tests.e2e.conftest import StartStack
from tests.e2e.service import Service

pytestmark = pytest.mark.e2e
BATCH = "0" * 32
DENIED = {"AccessDenied", "AccessDeniedException", "AccessDeniedFault", "403", "Forbidden"}
ROLES = ("Planner", "Worker", "Collector", "Notifier", "Portal", "Search")


@pytest.fixture(scope="module")
def guarded(start_stack: StartStack) -> Stack:
    return start_stack(emulator={"AUTH": "true"})


@dataclass(frozen=True)
class Actor:
    """A role at work: makes clients that hold its credentials."""

    stack: Stack
    credentials: dict[str, str]

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.stack.emulator.url,
            region_name=REGION,
            config=Config(
                signature_version="s3v4", s3={"addressing_style": "path"}, retries={"max_attempts": 1}
            ),
            **self.credentials,
        )


@pytest.fixture(scope="module")
def actors(guarded: Stack) -> dict[str, Actor]:
    return {name: actor_of(guarded, name) for name in ROLES}


def actor_of(stack: Stack, name: str) -> Actor:
    iam, sts = stack.emulator.client("iam"), stack.emulator.client("sts")
    resources = stack.emulator.client("cloudformation").describe_stack_resources(StackName="skybatch")
    (role,) = (
        resource["PhysicalResourceId"]
        for resource in resources["StackResources"]
        if resource["LogicalResourceId"] == f"{name}Role"
    )
    account = sts.get_caller_identity()["Account"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    copy = iam.create_role(RoleName=f"as-{name}", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        iam.put_role_policy(RoleName=f"as-{name}", PolicyName=policy, PolicyDocument=json.dumps(document))
    given = sts.assume_role(RoleArn=copy["Arn"], RoleSessionName=name)["Credentials"]
    return Actor(
        stack,
        {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        },
    )


# What there is to do -----------------------------------------------------------------------------------

Deed = Callable[[Actor], Any]


def put(key: str) -> Deed:
    return lambda actor: actor.client("s3").put_object(
        Bucket=actor.stack.outputs.results_bucket, Key=key, Body=b"x"
    )


def get(key: str) -> Deed:
    return lambda actor: actor.client("s3").get_object(Bucket=actor.stack.outputs.results_bucket, Key=key)


def listing(prefix: str) -> Deed:
    return lambda actor: actor.client("s3").list_objects_v2(
        Bucket=actor.stack.outputs.results_bucket, Prefix=prefix
    )


def delete(key: str) -> Deed:
    return lambda actor: actor.client("s3").delete_object(Bucket=actor.stack.outputs.results_bucket, Key=key)


def of_archive(operation: str, key: str, **more: Any) -> Deed:
    return lambda actor: getattr(actor.client("s3"), operation)(
        Bucket=actor.stack.archive_bucket, Key=key, **more
    )


def send(actor: Actor) -> Any:
    return actor.client("sqs").send_message(QueueUrl=actor.stack.outputs.queue_url, MessageBody="{}")


def send_dead(actor: Actor) -> Any:
    return actor.client("sqs").send_message(
        QueueUrl=actor.stack.outputs.dead_letter_queue_url, MessageBody="{}"
    )


def receive(actor: Actor) -> Any:
    return actor.client("sqs").receive_message(QueueUrl=actor.stack.outputs.queue_url, WaitTimeSeconds=0)


def start(actor: Actor) -> Any:
    return actor.client("stepfunctions").start_execution(
        stateMachineArn=actor.stack.outputs.state_machine_arn, input=json.dumps({"batch_id": BATCH})
    )


def list_executions(actor: Actor) -> Any:
    return actor.client("stepfunctions").list_executions(
        stateMachineArn=actor.stack.outputs.state_machine_arn
    )


def mail(actor: Actor) -> Any:
    # Under another name too, says the emulator, which knows no ses:FromAddress; test_policies.py holds it.
    return actor.client("sesv2").send_email(
        FromEmailAddress=MAIL_FROM,
        Destination={"ToAddresses": ["someone@example.org"]},
        Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
    )


def invoke(actor: Actor) -> Any:
    return actor.client("lambda").invoke(
        FunctionName=actor.stack.outputs.others["CollectorFunctionName"], Payload=b"{}"
    )


def read_logs(actor: Actor) -> Any:
    return actor.client("logs").filter_log_events(logGroupName="/aws/lambda/skybatch-planner")


def read_code(actor: Actor) -> Any:
    return actor.client("lambda").get_function(
        FunctionName=actor.stack.outputs.others["NotifierFunctionName"]
    )


INVENTORY = "inventory/asky/current"
IMAGE = "twomass/allsky/allsky/000101n/s001/image/ji0010001.fits.gz"
DEEDS: dict[str, tuple[Deed, set[str]]] = {
    # deed, and who alone may do it
    "write a batch": (put(f"batches/{BATCH}/x"), {"Planner", "Worker", "Collector", "Notifier"}),
    "read a batch": (get(f"batches/{BATCH}/x"), {"Planner", "Worker", "Collector", "Notifier", "Portal"}),
    "list a batch": (listing(f"batches/{BATCH}/"), {"Planner", "Worker", "Collector", "Notifier", "Portal"}),
    "write a preview": (
        put(f"batches/{BATCH}/previews/x.png"),
        {"Planner", "Worker", "Collector", "Notifier", "Portal"},
    ),
    "list everything": (listing(""), set()),
    "list batches by a part of their id": (listing("batch"), set()),
    "remove from a batch": (delete(f"batches/{BATCH}/x"), set()),
    "read the key of batch ids": (get("keys/idempotency"), {"Planner"}),
    "write the key of batch ids": (put("keys/x"), {"Planner"}),
    "account for use": (put("usage/x"), {"Planner", "Portal", "Search"}),
    "read accounts": (get("usage/x"), {"Planner", "Portal", "Search"}),
    "list accounts": (listing("usage/"), set()),
    "read who is active": (get("active/x"), {"Planner"}),
    "list who is active": (listing("active/"), {"Planner"}),
    "remember a name": (put("names/x"), {"Planner", "Search"}),
    "lay down an answer": (put("answers/x"), {"Planner", "Search"}),
    "write elsewhere": (put("elsewhere/x"), set()),
    "read an image": (of_archive("get_object", IMAGE), {"Worker", "Search"}),
    "read the inventory": (
        of_archive("get_object", INVENTORY),
        {"Planner", "Collector", "Worker", "Search"},
    ),
    "write to the archive": (of_archive("put_object", IMAGE, Body=b"x"), set()),
    "remove from the archive": (of_archive("delete_object", IMAGE), set()),
    "send a task": (send, {"Planner", "Worker"}),
    "send a dead letter": (send_dead, set()),
    "start a batch": (start, {"Planner"}),
    "list batches": (list_executions, set()),
    "mail": (mail, {"Notifier"}),
    "call a function": (invoke, set()),
    "read logs": (read_logs, set()),
    "read code": (read_code, set()),
}


def refused(deed: Deed, actor: Actor) -> bool:
    """Whether it was for want of a right; what fails for another reason was allowed."""
    try:
        deed(actor)
    except ClientError as error:
        code = str(error.response["Error"]["Code"]).rsplit("#")[-1]
        return code in DENIED
    return False


@pytest.mark.parametrize("name", DEEDS)
def test_only_whose_work_it_is_may(actors: dict[str, Actor], name: str) -> None:
    deed, allowed = DEEDS[name]
    assert {role for role, actor in actors.items() if not refused(deed, actor)} == allowed


def test_who_has_no_credentials_may_nothing(guarded: Stack) -> None:
    nobody = {"aws_access_key_id": "AKIANOBODY0000000000", "aws_secret_access_key": "x"}
    actor = Actor(guarded, nobody)
    for deed in (put(f"batches/{BATCH}/x"), get("keys/idempotency"), send, start):
        with pytest.raises(ClientError):
            deed(actor)


@pytest.fixture(scope="module")
def service(guarded: Stack) -> Service:
    return Service(guarded.url)


def test_a_batch_runs_whole_under_these_roles(guarded: Stack, service: Service) -> None:
    table = "ra,dec,size\n65.497627,19.535070,50\n"
    status = service.run(mode="positions", table=table, email="guarded@example.org")
    assert (status["state"], status["rows"]["retrieved"]) == ("complete", 1)
    assert len(service.images(status)) == status["images"]["retrieved"]
    assert status["batch_id"] in wait_for_email(guarded.emulator.url, "guarded@example.org").text
    assert service.call(f"/batches/{status['batch_id']}/results").status == 200


def test_whole_images_are_copied_under_these_roles(service: Service) -> None:
    status = service.run(mode="scans", table="|xdate|hem|scan|image|\n 971031 n 96 197\n", bands="K")
    assert status["images"]["retrieved"] == 1


def test_searches_and_plans_work_under_these_roles(service: Service) -> None:
    assert service.post("/plans", mode="positions", table="ra,dec\n65.497627,19.535070\n").status == 200
    sia = service.call("/ibe/sia/twomass/allsky/allsky?POS=65.497627,19.535070&SIZE=0.1")
    assert sia.status == 200
    assert b'value="OK"' in sia.body


def test_what_is_unknown_is_told_apart_from_what_is_forbidden(service: Service) -> None:
    """Which is what the right to list is for: without it S3 answers 403 for a missing key."""
    assert service.call(f"/batches/{BATCH}").status == 404
