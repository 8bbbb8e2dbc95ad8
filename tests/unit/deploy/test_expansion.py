"""What SAM makes of the template: aws-sam-translator expands it as CloudFormation's transform does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from samtranslator.translator.transform import transform

from local.template import load_template, with_uploaded_code
from tests.support.batches.template import FUNCTIONS, RESOURCES, ROOT

# CloudFormation quotas.
MAX_RESOURCES, MAX_TEMPLATE_BYTES = 500, 1_000_000


class NoManagedPolicies:
    """The template names no managed policy, so none need be loaded."""

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="module")
def expanded() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        local = load_template(ROOT / "template.yaml")
        uploaded = with_uploaded_code(local, ROOT, lambda name, _: f"s3://code/{name}")
        return dict(transform(uploaded, {}, NoManagedPolicies()))


def resources(expanded: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: each["Properties"] for name, each in expanded["Resources"].items() if each["Type"] == kind}


def test_it_is_within_the_quotas(expanded: dict[str, Any]) -> None:
    assert len(expanded["Resources"]) < MAX_RESOURCES
    assert len(json.dumps(expanded)) < MAX_TEMPLATE_BYTES


def test_nothing_of_sam_is_left(expanded: dict[str, Any]) -> None:
    assert "Transform" not in expanded
    assert not [name for name, each in expanded["Resources"].items() if "::Serverless::" in each["Type"]]


def test_sam_makes_no_role_and_no_function_of_its_own(expanded: dict[str, Any]) -> None:
    ours = {name for name, each in RESOURCES.items() if each["Type"] == "AWS::IAM::Role"}
    assert set(resources(expanded, "AWS::IAM::Role")) == ours
    assert set(resources(expanded, "AWS::Lambda::Function")) == set(FUNCTIONS)


def test_every_function_is_as_the_globals_say(expanded: dict[str, Any]) -> None:
    for name, function in resources(expanded, "AWS::Lambda::Function").items():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == [{"Ref": "Architecture"}]
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
        assert function["LoggingConfig"]["LogGroup"] == {"Ref": name.replace("Function", "Logs")}
        assert function["Environment"]["Variables"]["HOME"] == "/tmp"
        assert function["Layers"][0]["Ref"].startswith("ScienceLayer")


def test_layers_are_named_anew_when_their_code_changes(expanded: dict[str, Any]) -> None:
    """Their logical ids carry a hash: a version is a resource that cannot be updated."""
    layers = resources(expanded, "AWS::Lambda::LayerVersion")
    assert len(layers) == 2
    assert not {"ScienceLayer", "SkybatchLayer"} & set(layers)
    assert all(layer["CompatibleArchitectures"] == [{"Ref": "Architecture"}] for layer in layers.values())


def test_the_queue_feeds_the_worker_one_message_at_a_time(expanded: dict[str, Any]) -> None:
    (source,) = resources(expanded, "AWS::Lambda::EventSourceMapping").values()
    assert source["BatchSize"] == 1
    assert source["FunctionName"] == {"Ref": "WorkerFunction"}
    assert source["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "WorkerConcurrency"}}
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_rules_on_bad_ends_and_on_mail_may_call_the_notifier(expanded: dict[str, Any]) -> None:
    rules = resources(expanded, "AWS::Events::Rule")
    assert sorted(given["EventPattern"]["source"] for given in rules.values()) == [
        ["aws.ses"],
        ["aws.states"],
    ]
    permissions = resources(expanded, "AWS::Lambda::Permission").values()
    allowed = [each for each in permissions if each["Principal"] == "events.amazonaws.com"]
    for rule, given in rules.items():
        (target,) = given["Targets"]
        assert target["Arn"] == {"Fn::GetAtt": ["NotifierFunction", "Arn"]}
        (permission,) = [each for each in allowed if each["SourceArn"] == {"Fn::GetAtt": [rule, "Arn"]}]
        assert permission["FunctionName"] == {"Ref": "NotifierFunction"}


def test_what_outlives_the_stack_still_does(expanded: dict[str, Any]) -> None:
    bucket = expanded["Resources"]["ResultsBucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
