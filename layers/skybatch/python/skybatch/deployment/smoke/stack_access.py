"""The stack behind a service, as its operator's credentials reach it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skybatch.deployment.aws_calls import Clients
from skybatch.redaction import batch_hash

FUNCTIONS = ("planner", "worker", "collector", "notifier", "portal", "search")
# By so much the clock of this machine may differ from that of AWS.
CLOCK_SECONDS = 60


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
        name = batch_hash(batch_id)
        found = (each for each in self._executions() if each["name"].startswith(name))
        return str(next(found, {"executionArn": ""})["executionArn"])

    def _executions(self) -> Iterator[dict[str, Any]]:
        """List the executions since the start, the newest first, as Step Functions does."""
        pages = self.clients("stepfunctions").get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=self.outputs["StateMachineArn"]):
            for execution in page["executions"]:
                if execution["startDate"].timestamp() < self.began - CLOCK_SECONDS:
                    return
                yield execution

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
            StartTime=int(self.began) - CLOCK_SECONDS,
            EndTime=int(time.time()) + CLOCK_SECONDS,
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
