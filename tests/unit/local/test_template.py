"""The template reaches the emulator in long form, with its folders as zips and its numbers as numbers."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from local.template import (
    layer_or_code,
    load_template,
    resolved_parameters,
    with_environment,
    with_numeric_concurrency,
    with_uploaded_code,
    without_not_emulated,
    without_tls_only,
)

TEMPLATE = """
    AWSTemplateFormatVersion: '2010-09-09'
    Parameters:
      Workers: {Type: Number, Default: 8}
      MailFrom: {Type: String}
    Conditions:
      HasMail: !Not [!Equals [!Ref MailFrom, '']]
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}
      Worker:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: code/worker/
          Role: !GetAtt Role.Arn
          Environment:
            Variables:
              A: !Sub '${AWS::StackName}-x'
              B: !If [HasMail, !Ref MailFrom, !Ref AWS::NoValue]
          Events:
            Tasks: {Type: SQS, Properties: {ScalingConfig: {MaximumConcurrency: !Ref Workers}}}
"""


@pytest.fixture
def template_file(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(dedent(TEMPLATE))
    code = tmp_path / "code" / "worker"
    (code / "__pycache__").mkdir(parents=True)
    (code / "app.py").write_text("x = 1\n")
    (code / "__pycache__" / "app.pyc").write_bytes(b"built")
    return path


def worker(template: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = template["Resources"]["Worker"]["Properties"]
    return properties


def test_intrinsics_take_their_long_form(template_file: Path) -> None:
    properties = worker(load_template(template_file))
    assert properties["Role"] == {"Fn::GetAtt": ["Role", "Arn"]}
    assert properties["Environment"]["Variables"] == {
        "A": {"Fn::Sub": "${AWS::StackName}-x"},
        "B": {"Fn::If": ["HasMail", {"Ref": "MailFrom"}, {"Ref": "AWS::NoValue"}]},
    }


def test_a_policy_version_stays_text(template_file: Path) -> None:
    role = load_template(template_file)["Resources"]["Role"]["Properties"]
    assert role["AssumeRolePolicyDocument"]["Version"] == "2012-10-17"


@pytest.mark.parametrize(("given", "number"), [({}, 8), ({"Workers": "3"}, 3)])
def test_maximum_concurrency_becomes_a_number(
    template_file: Path, given: dict[str, str], number: int
) -> None:
    template = load_template(template_file)
    numbered = with_numeric_concurrency(template, resolved_parameters(template, given))
    assert worker(numbered)["Events"]["Tasks"]["Properties"]["ScalingConfig"] == {
        "MaximumConcurrency": number
    }


def test_a_parameter_the_template_lacks_is_named(template_file: Path) -> None:
    with pytest.raises(ValueError, match="no parameter MaxBatchBites; it has Workers, MailFrom"):
        resolved_parameters(load_template(template_file), {"MaxBatchBites": "1"})


def test_code_folders_are_uploaded_without_what_was_built(template_file: Path) -> None:
    uploads: dict[str, bytes] = {}

    def upload(name: str, body: bytes) -> str:
        uploads[name] = body
        return f"s3://bucket/{name}"

    copied = with_uploaded_code(load_template(template_file), template_file.parent, upload)
    assert worker(copied)["CodeUri"] == "s3://bucket/code-worker.zip"
    assert zipfile.ZipFile(io.BytesIO(uploads["code-worker.zip"])).namelist() == ["app.py"]
    assert worker(load_template(template_file))["CodeUri"] == "code/worker/"


def test_the_third_party_layer_is_a_stand_in(tmp_path: Path) -> None:
    (tmp_path / "science").mkdir()
    (tmp_path / "science" / "requirements.txt").write_text("numpy\n")
    assert zipfile.ZipFile(io.BytesIO(layer_or_code(tmp_path / "science"))).namelist() == ["python/README"]


def test_an_empty_code_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no code in"):
        layer_or_code(tmp_path)


def test_of_bucket_policies_only_the_demand_for_tls_is_left_out() -> None:
    tls = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    other = {"Effect": "Deny", "Action": "s3:DeleteObject"}
    bucket = {"Type": "AWS::S3::Bucket"}

    def policy(*statements: dict[str, Any]) -> dict[str, Any]:
        document = {"PolicyDocument": {"Statement": list(statements)}}
        return {"Type": "AWS::S3::BucketPolicy", "Properties": document}

    template = {"Resources": {"Bucket": bucket, "Tls": policy(tls), "More": policy(tls, other)}}
    assert set(without_tls_only(template)["Resources"]) == {"Bucket", "More"}


def test_what_the_emulator_refuses_by_name_is_left_out() -> None:
    template = {"Resources": {"A": {"Type": "AWS::Budgets::Budget"}, "B": {"Type": "AWS::SQS::Queue"}}}
    assert list(without_not_emulated(template)["Resources"]) == ["B"]
    assert list(template["Resources"]) == ["A", "B"]


def test_functions_are_given_more_variables() -> None:
    template = {"Globals": {"Function": {"Environment": {"Variables": {"HOME": "/tmp"}}}}}
    changed = with_environment(template, {"X": "y"})
    assert changed["Globals"]["Function"]["Environment"]["Variables"] == {"HOME": "/tmp", "X": "y"}
    assert with_environment(template, {}) == template
