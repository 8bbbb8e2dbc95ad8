"""The template agrees with the settings, the API's contract and the limits of AWS."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields

import boto3
import botocore.session
import pytest

from skybatch.settings import Settings
from tests.support.batches.template import (
    FUNCTIONS,
    PARAMETERS,
    ROOT,
    TEMPLATE,
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
                default = SETTINGS[name].default
                assert given == (str(default).lower() if isinstance(default, bool) else str(default)), name
                compared.add(name)
    deployed = {
        *("RESULTS_BUCKET", "ARCHIVE_BUCKET", "QUEUE_URL", "STATE_MACHINE_ARN"),
        *("NOTIFIER_FUNCTION", "MAIL_CONFIGURATION_SET"),
    }
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


def test_functions_are_the_folders() -> None:
    assert {f["CodeUri"] for f in FUNCTIONS.values()} == {
        f"functions/{name}" for name in ("planner", "worker", "collector", "notifier", "portal", "search")
    }


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
    lines = (ROOT / "template.yaml").read_text().splitlines(keepends=True)
    text = "".join(line for line in lines if "AllowedPattern:" not in line)
    assert "arn:aws" not in text
    assert set(re.findall(r"arn:(.{18})", text)) == {"${AWS::Partition}:"}
