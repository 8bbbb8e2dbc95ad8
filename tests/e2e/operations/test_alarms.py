"""Every alarm rings above its threshold and tells the operator; the API has its domain."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from local.stack import Stack
from tests.support.batches.template import of_type

pytestmark = pytest.mark.e2e

ALARMS = list(of_type("AWS::CloudWatch::Alarm"))
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/12345678-1234-1234-1234-123456789012"


@pytest.fixture(scope="module")
def stack(start_stack: Callable[..., Stack]) -> Stack:
    parameters = {
        "AlarmEmail": "ops@example.org",
        "MonthlyBudget": "100",
        "ApiDomain": "origin.sky.example.org",
        "ApiCertificate": CERTIFICATE,
    }
    return start_stack(parameters=parameters)


@pytest.fixture(scope="module")
def told(stack: Stack) -> Callable[[], list[str]]:
    """What the operator's topic was told, by a queue that listens to it beside the email."""
    sns, sqs = stack.emulator.client("sns"), stack.emulator.client("sqs")
    (topic,) = [each["TopicArn"] for each in sns.list_topics()["Topics"] if "AlarmTopic" in each["TopicArn"]]
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def messages() -> list[str]:
        received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=2)
        return [str(each["Body"]) for each in received.get("Messages", ())]

    return messages


def described(stack: Stack, logical: str) -> dict[str, Any]:
    """An alarm as it was deployed."""
    found = stack.emulator.client("cloudformation").describe_stack_resource(
        StackName="skybatch", LogicalResourceId=logical
    )
    name = found["StackResourceDetail"]["PhysicalResourceId"].rpartition(":alarm:")[2]
    alarms = stack.emulator.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return dict(alarms[0])


def measured(stack: Stack, alarm: dict[str, Any], value: float) -> str:
    """The alarm's state once its metric has this value."""
    cloudwatch = stack.emulator.client("cloudwatch")
    datum = {"MetricName": alarm["MetricName"], "Dimensions": alarm["Dimensions"], "Value": value}
    cloudwatch.put_metric_data(Namespace=alarm["Namespace"], MetricData=[datum])
    end = time.monotonic() + 10
    state = ""
    while time.monotonic() < end and state not in ("ALARM", "OK"):
        (found,) = cloudwatch.describe_alarms(AlarmNames=[alarm["AlarmName"]])["MetricAlarms"]
        state = found["StateValue"]
        time.sleep(0.1)
    return state


@pytest.mark.parametrize("logical", ALARMS)
def test_an_alarm_rings_above_its_threshold_and_tells_the_operator(
    stack: Stack, told: Callable[[], list[str]], logical: str
) -> None:
    alarm = described(stack, logical)
    cloudwatch = stack.emulator.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="trial")
    told()
    threshold = float(alarm["Threshold"])
    assert measured(stack, alarm, threshold * 2 + 1) == "ALARM"
    assert any(alarm["AlarmName"] in message for message in told())


def test_the_domain_leads_to_the_api(stack: Stack) -> None:
    gateway = stack.emulator.client("apigatewayv2")
    (mapping,) = gateway.get_api_mappings(DomainName="origin.sky.example.org")["Items"]
    assert mapping["ApiId"] == stack.outputs.api_id
