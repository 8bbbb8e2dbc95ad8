"""What was measured has the names and units of the capacity model."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from skybatch.deployment.smoke.latencies import (
    by_label,
    cold_starts,
    measured_services,
    transitions,
    unmeasured,
)
from skybatch.deployment.smoke.stack_access import StackAccess
from skybatch.redaction import batch_hash
from tests.support.deployment.planned import Refused, SetClient, set_clients
from tests.support.deployment.scripted_service import ID, SAMPLE, STATUS, answer, service
from tools.aws_prices import aws

BEGAN = datetime(2026, 1, 1)
REPORT = json.dumps({"type": "platform.report", "record": {"metrics": {"initDurationMs": 1250.0}}})


def events(*kinds: str) -> list[dict[str, Any]]:
    """Events, a tenth of a second apart."""
    return [{"type": kind, "timestamp": BEGAN + timedelta(seconds=n / 10)} for n, kind in enumerate(kinds)]


class Pages:
    def __init__(self, **pages: Any) -> None:
        self.pages = pages

    def get_paginator(self, name: str) -> Any:
        return SetClient({"paginate": [self.pages[name]]})


def stack() -> StackAccess:
    execution = {"name": f"{batch_hash(ID)}-1", "executionArn": "arn", "startDate": BEGAN}
    history = {
        "events": events("LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded")
    }
    machines = Pages(list_executions={"executions": [execution]}, get_execution_history=history)
    logs = SetClient({"filter_log_events": {"events": [{"message": REPORT}]}})
    clients = {"stepfunctions": machines, "logs": logs}
    return StackAccess("sky", {"StateMachineArn": "m"}, lambda name: clients[name], 0.0)


def test_a_task_takes_from_its_scheduling_to_its_start() -> None:
    told = events(
        "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskScheduled", "TaskStarted"
    )
    assert transitions(told) == pytest.approx([0.1, 0.1])
    assert transitions(events("TaskStarted", "TaskScheduled")) == []


def test_cold_starts_are_those_that_lambda_reports() -> None:
    lines = [REPORT, "initDurationMs in a plain line", json.dumps({"message": "initDurationMs"})]
    found = {"filter_log_events": {"events": [{"message": line} for line in lines]}}
    assert cold_starts(StackAccess("sky", {}, set_clients(logs=found), 0.0), "worker") == [1.25]


def test_what_is_measured_fits_the_capacity_model() -> None:
    context = service({r"GET https://s3.example/archive/image.*": answer(200, b"i" * 1_000_000)})
    context.batches["crops"] = dict(STATUS)
    context.probe.call("GET", "https://s3.example/archive/image", label="S3 range")
    measured: dict[str, Any] = measured_services(context, stack())
    assert measured == pytest.approx({"first_byte": 0.01, "stream": 1e8, "transition": 0.1, "cold": 1.25})
    assert replace(aws(), **measured).cold == 1.25


def test_without_a_stack_only_what_is_seen_from_here() -> None:
    assert measured_services(service(), None) == {}


class NoExecutions:
    """Step Functions whose executions may not be listed."""

    def get_paginator(self, _: str) -> Any:
        return SetClient({"paginate": Refused("AccessDenied")})


@pytest.mark.parametrize(
    ("logs", "measured", "missing"),
    [
        (Refused("AccessDenied"), {}, ["first_byte", "stream", "transition", "cold"]),
        ({"events": [{"message": REPORT}]}, {"cold": 1.25}, ["first_byte", "stream", "transition"]),
    ],
)
def test_what_aws_refuses_is_left_out_alone_and_named(
    logs: Any, measured: dict[str, float], missing: list[str]
) -> None:
    clients = {"stepfunctions": NoExecutions(), "logs": SetClient({"filter_log_events": logs})}
    access = StackAccess("sky", {"StateMachineArn": "m"}, lambda name: clients[name], 0.0)
    assert measured_services(service(), access) == measured
    assert unmeasured(measured) == missing


def test_each_kind_of_request_has_its_median() -> None:
    context = service()
    context.probe.seconds["POST /batches"] = [1.0, 9.0, 2.0]
    context.probe.call("GET", SAMPLE.path, label="redirect")
    assert by_label(context.probe) == {"POST /batches": 2.0, "redirect": 0.01}
