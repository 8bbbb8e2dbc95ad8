"""The template agrees with the settings, the API's contract and the limits of AWS."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import boto3
import botocore.session
import pytest

from skybatch.settings import Settings
from tests.support.batches.template import (
    FUNCTIONS,
    PARAMETERS,
    RESOURCES,
    ROOT,
    TEMPLATE,
    of_type,
    properties,
)

SETTINGS = {field.name.upper(): field for field in fields(Settings)}
# Read by powertools, astropy and boto3 rather than by us.
OTHERS = {
    "AWS_ENDPOINT_URL_S3",
    "HOME",
    "POWERTOOLS_LOG_LEVEL",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_SERVICE_NAME",
}


def environment(function: str) -> dict[str, object]:
    variables: dict[str, object] = FUNCTIONS[function]["Environment"]["Variables"]
    common: dict[str, object] = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    return common | variables


def default_of(value: object) -> str | None:
    """What a variable is when no parameter is given; None where that is known on deployment only."""
    match value:
        case {"Ref": str(name)} if name in PARAMETERS:
            return str(PARAMETERS[name].get("Default"))
        case {"Fn::FindInMap": [str(mapping), {"Ref": str(name)}, str(column)]}:
            return str(TEMPLATE["Mappings"][mapping][str(PARAMETERS[name]["Default"])][column])
    return None


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_variable_is_a_setting(function: str) -> None:
    assert set(environment(function)) - OTHERS <= set(SETTINGS)


def test_every_setting_reaches_a_function() -> None:
    assert set().union(*(environment(function) for function in FUNCTIONS)) >= set(SETTINGS)


def test_parameter_defaults_are_the_settings_defaults() -> None:
    compared = set()
    for function in FUNCTIONS:
        for name, value in environment(function).items():
            given = default_of(value)
            if name in SETTINGS and given not in (None, "None"):
                assert given == str(SETTINGS[name].default), name
                compared.add(name)
    deployed = {"RESULTS_BUCKET", "ARCHIVE_BUCKET", "QUEUE_URL", "STATE_MACHINE_ARN"}
    assert compared == set(SETTINGS) - deployed


@pytest.mark.parametrize(
    ("parameter", "mapping", "column", "sum_of"),
    [
        ("ExpireDays", "ExpireDaysToPurgeDays", "PurgeDays", lambda days: days + 2),
        ("WorkerTimeout", "WorkerTimeoutToVisibility", "VisibilitySeconds", lambda seconds: 6 * seconds),
    ],
)
def test_mappings_hold_the_right_sums(
    parameter: str, mapping: str, column: str, sum_of: Callable[[int], int]
) -> None:
    allowed = PARAMETERS[parameter]["AllowedValues"]
    assert (
        PARAMETERS[parameter]["Type"] == "String"
    )  # keys of a mapping are; an emulator makes others numbers
    rows = TEMPLATE["Mappings"][mapping]
    assert list(rows) == allowed
    assert {key: int(row[column]) for key, row in rows.items()} == {a: sum_of(int(a)) for a in allowed}


def test_no_two_logical_names_are_the_same() -> None:
    """Tools that inline FindInMap take a mapping for a parameter of its name, and the other way round."""
    sections = ("Parameters", "Mappings", "Conditions", "Resources")
    names = [name for section in sections for name in TEMPLATE[section]]
    assert sorted(names) == sorted(set(names))


def test_uploads_fit_lambda_as_base64() -> None:
    """Lambda takes 6 MB an event; 100 kB are left for headers."""
    assert PARAMETERS["MaxUploadBytes"]["MaxValue"] * 4 / 3 < 6_000_000 - 100_000


def test_batches_are_bounded_at_ten_gigabytes() -> None:
    assert PARAMETERS["MaxBatchBytes"]["MaxValue"] == 10_000_000_000


# The HTTP API -------------------------------------------------------------------------------------------

PLANNER = [
    "POST /batches",
    "POST /batches/{id}/cancel",
    "POST /batches/{id}/resubmit",
    "POST /plans",
    "POST /tables",
]
PORTAL = [
    "$default",
    "ANY /",
    "ANY /batches/{id}",
    "ANY /batches/{id}/bundles/{bundle}",
    "ANY /batches/{id}/files/{name}",
    "ANY /batches/{id}/images",
    "ANY /batches/{id}/images/{file}",
    "ANY /batches/{id}/previews/{name}",
    "ANY /batches/{id}/results",
    "ANY /docs",
    "ANY /health",
    "ANY /help",
    "ANY /help/{proxy+}",
    "ANY /openapi.json",
]
SEARCH = [
    "ANY /SIA",
    "ANY /SIA/{proxy+}",
    "ANY /cgi-bin/{proxy+}",
    "ANY /datalink/{proxy+}",
    "ANY /ibe/{proxy+}",
    "ANY /registry/{proxy+}",
    "ANY /sia2/{proxy+}",
    "ANY /soda/{proxy+}",
    "ANY /surveys",
]


@pytest.mark.parametrize(("name", "routes"), [("Planner", PLANNER), ("Portal", PORTAL), ("Search", SEARCH)])
def test_routes_lead_to_their_function(name: str, routes: list[str]) -> None:
    target = {"Fn::Sub": f"integrations/${{{name}Integration}}"}
    led = [route["RouteKey"] for route in of_type("AWS::ApiGatewayV2::Route").values()]
    here = [r["RouteKey"] for r in of_type("AWS::ApiGatewayV2::Route").values() if r["Target"] == target]
    assert sorted(here) == routes
    assert len(led) == len(set(led)) == len(PLANNER + PORTAL + SEARCH)


@pytest.mark.parametrize("name", ["Planner", "Portal", "Search"])
def test_the_api_may_call_what_it_routes_to(name: str) -> None:
    function = f"{name}Function"
    assert properties(f"{name}Integration")["IntegrationUri"] == {"Fn::GetAtt": [function, "Arn"]}
    assert properties(f"{name}Permission")["FunctionName"] == {"Ref": function}


@pytest.mark.parametrize("function", ["PortalFunction", "SearchFunction"])
def test_a_function_gives_up_before_the_api_does(function: str) -> None:
    timeouts = [i["TimeoutInMillis"] for i in of_type("AWS::ApiGatewayV2::Integration").values()]
    assert FUNCTIONS[function]["Timeout"] * 1000 < min(timeouts) <= 30_000


def test_throttled_routes_exist_before_their_stage() -> None:
    stage = RESOURCES["HttpStage"]
    routes = {properties(name)["RouteKey"] for name in stage["DependsOn"]}
    assert set(stage["Properties"]["RouteSettings"]) == routes


def test_access_logs_carry_no_path() -> None:
    """A path holds the batch id, which is all it takes to read a batch."""
    form = properties("HttpStage")["AccessLogSettings"]["Format"]
    assert not any(word in form for word in ("$context.path", "$context.rawPath", "sourceIp", "requestBody"))


# Partitions ---------------------------------------------------------------------------------------------


def test_s3_is_addressed_by_the_partitions_own_domain() -> None:
    """Left to itself obstore builds addresses of amazonaws.com; botocore knows those of all partitions."""
    own = {each["Fn::Equals"][1] for each in TEMPLATE["Conditions"]["HasOwnDomain"]["Fn::Or"]}
    suffixes = {
        each["partition"]: each["dnsSuffix"]
        for each in botocore.session.get_session().get_data("endpoints")["partitions"]
    }
    assert own == {name for name, suffix in suffixes.items() if suffix != "amazonaws.com"}
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    condition, address, otherwise = variables["AWS_ENDPOINT_URL_S3"]["Fn::If"]
    assert (condition, otherwise) == ("HasOwnDomain", {"Ref": "AWS::NoValue"})
    for region, suffix in (("cn-north-1", "amazonaws.com.cn"), ("eusc-de-east-1", "amazonaws.eu")):
        client = boto3.client("s3", region_name=region, aws_access_key_id="x", aws_secret_access_key="y")
        given = address["Fn::Sub"].replace("${AWS::Region}", region).replace("${AWS::URLSuffix}", suffix)
        assert client.meta.endpoint_url == given


def test_no_arn_names_a_partition() -> None:
    text = (ROOT / "template.yaml").read_text()
    assert "arn:aws" not in text
    assert set(re.findall(r"arn:(.{18})", text)) == {"${AWS::Partition}:"}


# Storage, queue, logs -----------------------------------------------------------------------------------


def test_the_results_bucket_is_private_and_encrypted() -> None:
    bucket = properties("ResultsBucket")
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    rules = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rules == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]


def test_the_results_bucket_refuses_plain_http() -> None:
    (statement,) = properties("ResultsBucketPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_what_is_kept_or_removed_with_the_stack_is_said() -> None:
    """Results outlive the stack, but not a creation that failed; the rest has nothing worth keeping."""
    bucket = RESOURCES["ResultsBucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    for kind in ("AWS::SQS::Queue", "AWS::Logs::LogGroup"):
        for name in of_type(kind):
            assert RESOURCES[name]["DeletionPolicy"] == RESOURCES[name]["UpdateReplacePolicy"] == "Delete"


def test_results_are_removed_but_the_key_of_batch_ids_is_not() -> None:
    rules = {rule["Id"]: rule for rule in properties("ResultsBucket")["LifecycleConfiguration"]["Rules"]}
    assert rules["batches"]["Prefix"] == "batches/"
    purge = {"Fn::FindInMap": ["ExpireDaysToPurgeDays", {"Ref": "ExpireDays"}, "PurgeDays"]}
    assert rules["batches"]["ExpirationInDays"] == purge
    assert rules["unfinished-uploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    expiring = {rule["Prefix"] for rule in rules.values() if "ExpirationInDays" in rule}
    assert expiring == {"batches/", "images/", "active/", "names/", "answers/", "usage/accounts/"}


def test_the_queue_waits_six_worker_timeouts_and_gives_up_after_five() -> None:
    queue = properties("TaskQueue")
    column = ["WorkerTimeoutToVisibility", {"Ref": "WorkerTimeout"}, "VisibilitySeconds"]
    assert queue["VisibilityTimeout"] == {"Fn::FindInMap": column}
    assert FUNCTIONS["WorkerFunction"]["Timeout"] == {"Ref": "WorkerTimeout"}
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5


def test_one_message_at_a_time_reported_one_by_one() -> None:
    (source,) = FUNCTIONS["WorkerFunction"]["Events"].values()
    assert source["Properties"]["BatchSize"] == 1
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


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


def test_functions_are_the_folders() -> None:
    assert {f["CodeUri"] for f in FUNCTIONS.values()} == {
        f"functions/{name}" for name in ("planner", "worker", "collector", "notifier", "portal", "search")
    }


# Watching -----------------------------------------------------------------------------------------------


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
