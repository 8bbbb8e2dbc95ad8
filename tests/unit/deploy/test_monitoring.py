"""Logs, alarms, traces and the dashboard cover every function, and show what the code sends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.batches.template import (
    FUNCTIONS,
    PARAMETERS,
    ROOT,
    TEMPLATE,
    of_type,
    properties,
)


def test_lambda_logs_in_json_at_the_level_of_our_own_lines() -> None:
    logging = TEMPLATE["Globals"]["Function"]["LoggingConfig"]
    level = {"Fn::FindInMap": ["LogLevelToLambda", {"Ref": "LogLevel"}, "ApplicationLogLevel"]}
    assert logging == {"LogFormat": "JSON", "ApplicationLogLevel": level, "SystemLogLevel": "INFO"}
    rows = TEMPLATE["Mappings"]["LogLevelToLambda"]
    assert list(rows) == PARAMETERS["LogLevel"]["AllowedValues"]
    # Lambda's own names (API reference, LoggingConfig): WARN is not Python's WARNING.
    levels = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}
    assert {row["ApplicationLogLevel"] for row in rows.values()} <= levels


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_logs_where_logs_end(function: str) -> None:
    group = FUNCTIONS[function]["LoggingConfig"]["LogGroup"]["Ref"]
    assert group == function.replace("Function", "Logs")
    assert properties(group)["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_all_logs_end() -> None:
    assert all("RetentionInDays" in group for group in of_type("AWS::Logs::LogGroup").values())


def test_alarms_watch_the_dead_letter_queue_and_failed_executions() -> None:
    watched = {alarm["MetricName"]: alarm for alarm in of_type("AWS::CloudWatch::Alarm").values()}
    queue = watched["ApproximateNumberOfMessagesVisible"]["Dimensions"][0]["Value"]
    assert queue == {"Fn::GetAtt": ["DeadLetterQueue", "QueueName"]}
    assert watched["ExecutionsFailed"]["Dimensions"][0]["Value"] == {"Ref": "BatchStateMachine"}


def test_every_alarm_reaches_the_operator_and_says_what_to_do() -> None:
    for alarm in of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == {
            "Fn::If": ["SendsAlarms", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]
        }
        assert alarm["AlarmDescription"].endswith(".")
        assert alarm["TreatMissingData"] == "notBreaching"


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_is_watched_for_errors_and_throttles(metric: str) -> None:
    watched = [a for a in of_type("AWS::CloudWatch::Alarm").values() if a["MetricName"] == metric]
    assert {alarm["Dimensions"][0]["Value"]["Ref"] for alarm in watched} == set(FUNCTIONS)


def test_every_call_is_traced() -> None:
    assert TEMPLATE["Globals"]["Function"]["Tracing"] == "Active"
    assert properties("BatchStateMachine")["Tracing"] == {"Enabled": True}


def dashboard() -> list[dict[str, Any]]:
    body = properties("Dashboard")["DashboardBody"]["Fn::Sub"]
    return [widget["properties"] for widget in json.loads(body)["widgets"]]


def test_the_dashboard_shows_every_function() -> None:
    shown = json.dumps(dashboard())
    for function in FUNCTIONS.values():
        assert function["FunctionName"]["Fn::Sub"] in shown


def test_the_dashboard_and_alarms_know_only_metrics_that_the_code_sends() -> None:
    code = "".join(path.read_text() for path in (ROOT / "functions").rglob("app.py"))
    package = ROOT / "layers/skybatch/python/skybatch"
    code += (package / "batch/results/metrics.py").read_text() + (package / "api/submission.py").read_text()
    own = {
        str(metric[1])
        for widget in dashboard()
        for metric in widget["metrics"]
        if metric[0] == "${AWS::StackName}"
    }
    own |= {
        alarm["MetricName"]
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] == {"Ref": "AWS::StackName"}
    }
    assert own
    assert all(f'"{name}"' in code for name in own)
