"""The stack behind a service, as its operator's credentials reach it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skybatch.deployment.aws_calls import Clients
from skybatch.redaction import batch_hash

FUNCTIONS = ("planner", "worker", "collector", "notifier", "portal", "search")


@dataclass(frozen=True)
class StackAccess:
    """A stack's name, outputs and clients; ``began`` is the Unix time from which its records count."""

    name: str
    outputs: Mapping[str, str]
    clients: Clients
    began: float

    @classmethod
    def of(cls, name: str, clients: Clients) -> StackAccess:
        """Read the outputs of a stack; botocore's ClientError where there is none."""
        (stack,) = clients("cloudformation").describe_stacks(StackName=name)["Stacks"]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
        return cls(name, outputs, clients, time.time())

    def execution_of(self, batch_id: str) -> str:
        """Return the ARN of a batch's execution, named by the hash of its id; empty if there is none."""
        pages = self.clients("stepfunctions").get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=self.outputs["StateMachineArn"], maxResults=100):
            for execution in page["executions"]:
                if execution["name"].startswith(batch_hash(batch_id)):
                    return str(execution["executionArn"])
            break  # the newest come first
        return ""

    def log_lines(self, function: str, pattern: str) -> list[str]:
        """Find a function's log lines since the start that hold a text."""
        found = self.clients("logs").filter_log_events(
            logGroupName=f"/aws/lambda/{self.name}-{function}",
            startTime=int(self.began * 1000),
            filterPattern=f'"{pattern}"',
            limit=50,
        )
        return [event["message"] for event in found["events"]]

    def messages_in(self, queue_url: str) -> int:
        """Count the messages of a queue, waiting or in flight."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.clients("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
        return sum(int(answer["Attributes"].get(name, 0)) for name in names)

    def metric_sum(self, metric: str, service: str) -> float:
        """Sum one of our metrics since the start."""
        answer = self.clients("cloudwatch").get_metric_statistics(
            Namespace=self.name,
            MetricName=metric,
            Dimensions=[{"Name": "service", "Value": service}],
            StartTime=int(self.began) - 60,
            EndTime=int(time.time()) + 60,
            Period=60,
            Statistics=["Sum"],
        )
        return float(sum(point["Sum"] for point in answer["Datapoints"]))

    def trace_count(self) -> int:
        """Count the traces that X-Ray has since the start."""
        answer = self.clients("xray").get_trace_summaries(
            StartTime=int(self.began) - 1, EndTime=int(time.time()) + 1
        )
        return len(answer["TraceSummaries"])

    def history(self, execution: str) -> Iterator[dict[str, Any]]:
        """Read the events of an execution, oldest first."""
        pages = self.clients("stepfunctions").get_paginator("get_execution_history")
        for page in pages.paginate(executionArn=execution, includeExecutionData=False):
            yield from page["events"]
