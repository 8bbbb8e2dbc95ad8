"""The stack behind a service, through clients of AWS."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from skybatch.deployment.smoke import stack_access
from skybatch.deployment.smoke.stack_access import StackAccess
from skybatch.redaction import batch_hash
from tests.support.batches.template import FUNCTIONS
from tests.support.deployment.planned import SetClient, set_clients
from tests.support.deployment.scripted_service import ID


class Pages:
    """A client with one paginator, of these pages."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = pages

    def get_paginator(self, _: str) -> Any:
        return SetClient({"paginate": iter(self.pages)})


def access(**services: Any) -> StackAccess:
    return StackAccess("sky", {"StateMachineArn": "arn:machine"}, set_clients(**services), began=1000.0)


def test_a_stack_is_known_by_its_outputs() -> None:
    stack = {"Outputs": [{"OutputKey": "ApiId", "OutputValue": "a"}]}
    clients = set_clients(cloudformation={"describe_stacks": {"Stacks": [stack]}})
    assert StackAccess.of("sky", clients).outputs == {"ApiId": "a"}


def test_the_functions_are_those_of_the_template() -> None:
    names = {properties["FunctionName"]["Fn::Sub"] for properties in FUNCTIONS.values()}
    assert names == {f"${{AWS::StackName}}-{name}" for name in stack_access.FUNCTIONS}


def test_an_execution_is_found_by_the_hash_of_its_batch() -> None:
    other = execution("cd" * 16, 1090.0)
    assert stack_with([other, execution(ID, 1080.0)]).execution_of(ID) == f"arn:{ID}"
    assert stack_with([other]).execution_of(ID) == ""


def test_an_execution_is_found_behind_a_page_of_others() -> None:
    others = [execution("cd" * 16, 1090.0)]
    assert stack_with(others, [execution(ID, 1080.0)]).execution_of(ID) == f"arn:{ID}"


def test_executions_before_the_start_are_not_listed() -> None:
    before = [execution("cd" * 16, 900.0)]
    assert stack_with(before, None).execution_of(ID) == ""  # None: a page that must not be asked for


def execution(batch_id: str, started: float) -> dict[str, Any]:
    when = datetime.fromtimestamp(started, UTC)
    return {
        "name": f"{batch_hash(batch_id)}-17",
        "executionArn": f"arn:{batch_id}",
        "startDate": when,
    }


def stack_with(*pages: list[dict[str, Any]] | None) -> StackAccess:
    """A stack with these executions, from one page to the next; it began at 1000."""
    clients = {"stepfunctions": Pages(*({"executions": page} for page in pages))}
    return StackAccess("sky", {"StateMachineArn": "m"}, lambda name: clients[name], began=1000.0)


def test_messages_in_flight_count() -> None:
    attributes = {"ApproximateNumberOfMessages": "2", "ApproximateNumberOfMessagesNotVisible": "1"}
    assert access(sqs={"get_queue_attributes": {"Attributes": attributes}}).messages_in("url") == 3


def test_a_metric_is_summed_over_its_points() -> None:
    points = {"Datapoints": [{"Sum": 2.0}, {"Sum": 3.0}]}
    assert (
        access(cloudwatch={"get_metric_statistics": points}).metric_sum("BatchesAccepted", "planner") == 5.0
    )


def test_traces_are_counted() -> None:
    assert access(xray={"get_trace_summaries": {"TraceSummaries": [{}, {}]}}).trace_count() == 2


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Logs of CloudWatch as moto has them, with two lines in the worker's group."""
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("logs", region_name="us-east-1")
        group = {"logGroupName": "/aws/lambda/sky-worker"}
        client.create_log_group(**group)
        client.create_log_stream(**group, logStreamName="s")
        events = [
            {"timestamp": int(time.time() * 1000), "message": f'{{"a": "{word}"}}'}
            for word in ("here", "there")
        ]
        client.put_log_events(**group, logStreamName="s", logEvents=events)
        yield client


def test_lines_of_a_function_that_hold_a_text(logs: Any) -> None:
    found = StackAccess("sky", {}, lambda _: logs, time.time() - 60)
    assert found.log_lines("worker", "there") == ['{"a": "there"}']
    assert found.log_lines("worker", "nowhere") == []
    with pytest.raises(ClientError):
        found.log_lines("planner", "there")
