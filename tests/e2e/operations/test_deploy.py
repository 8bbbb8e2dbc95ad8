"""A SAM template with code, a layer, an API, a queue and a state machine comes to life on the emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from local.deploy import DeployFailed, create_stack, outputs_of
from local.emulator import Emulator, emulator
from local.http_api.api import deployed_api
from local.http_api.request import ApiRequest

pytestmark = pytest.mark.e2e

TEMPLATE = """
    AWSTemplateFormatVersion: '2010-09-09'
    Transform: AWS::Serverless-2016-10-31
    Parameters:
      Greeting: {Type: String, Default: hello}
    Resources:
      Words: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: words/}}
      Echo:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: echo/
          Handler: app.handler
          Runtime: python3.13
          Layers: [!Ref Words]
          Environment: {Variables: {GREETING: !Ref Greeting}}
      Machine:
        Type: AWS::Serverless::StateMachine
        Properties:
          DefinitionUri: machine.asl.json
          DefinitionSubstitutions: {EchoArn: !GetAtt Echo.Arn}
          Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Echo}}]
      Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: echo, ProtocolType: HTTP}}
      Stage:
        Type: AWS::ApiGatewayV2::Stage
        Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true}
      Integration:
        Type: AWS::ApiGatewayV2::Integration
        Properties:
          ApiId: !Ref Api
          IntegrationType: AWS_PROXY
          IntegrationUri: !GetAtt Echo.Arn
          PayloadFormatVersion: '2.0'
      Route:
        Type: AWS::ApiGatewayV2::Route
        Properties: {ApiId: !Ref Api, RouteKey: GET /echo, Target: !Sub 'integrations/${Integration}'}
    Outputs:
      ApiId: {Value: !Ref Api}
      StateMachineArn: {Value: !Ref Machine}
"""
ECHO = """
    import os, words

    def handler(event, context):
        return {"greeting": os.environ["GREETING"] + words.END}
"""
MACHINE = {
    "StartAt": "Echo",
    "States": {"Echo": {"Type": "Task", "Resource": "${EchoArn}", "End": True}},
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulator(tmp_path_factory.mktemp("emulator")) as started:
        yield started


@pytest.fixture(scope="module")
def outputs(running: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root = tmp_path_factory.mktemp("project")
    (root / "echo").mkdir()
    (root / "echo" / "app.py").write_text(dedent(ECHO))
    (root / "words" / "python").mkdir(parents=True)
    (root / "words" / "python" / "words.py").write_text("END = '!'\n")
    (root / "machine.asl.json").write_text(json.dumps(MACHINE))
    (root / "template.yaml").write_text(dedent(TEMPLATE))
    return create_stack(running, {"Greeting": "servus"}, root / "template.yaml")


def test_the_api_answers_with_code_layer_and_parameter(running: Emulator, outputs: dict[str, str]) -> None:
    api = deployed_api(running, outputs["ApiId"], "api.example.org")
    answer = api.respond(ApiRequest("GET", "/echo", (), b"", "192.0.2.1"))
    assert json.loads(answer.body) == {"greeting": "servus!"}


def test_the_state_machine_runs_with_its_substitutions(running: Emulator, outputs: dict[str, str]) -> None:
    machines = running.client("stepfunctions")
    definition = machines.describe_state_machine(stateMachineArn=outputs["StateMachineArn"])["definition"]
    assert json.loads(definition)["States"]["Echo"]["Resource"].startswith("arn:aws:lambda:")


def test_missing_outputs_are_named() -> None:
    with pytest.raises(
        DeployFailed, match="no output ApiUrl, DeadLetterQueueUrl, QueueUrl, ResultsBucketName"
    ):
        outputs_of({"ApiId": "a", "StateMachineArn": "b"})


def test_a_stack_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    nested = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: http://127.0.0.1:1/none}}"
    (tmp_path / "template.yaml").write_text(f"Resources: {{Inner: {nested}}}\n")
    with (
        emulator(tmp_path / "own") as fresh,
        pytest.raises(DeployFailed, match=r"Inner CREATE_FAILED: .*nested"),
    ):
        create_stack(fresh, {}, tmp_path / "template.yaml")
