"""The buckets of archive and code, on moto's S3, each with the fault that its check must find."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from skybatch.deployment.aws_calls import operator_clients
from skybatch.deployment.findings import Level
from skybatch.deployment.preflight.bucket_checks import (
    check_archive_bucket,
    check_code_bucket,
    missing_of_cors,
)
from tests.support.batches.template import ROOT
from tests.support.deployment.planned import REGION, faults, levels, planned, planned_with

CORS = {
    "AllowedOrigins": ["*"],
    "AllowedMethods": ["GET", "HEAD"],
    "AllowedHeaders": ["*"],
    "ExposeHeaders": ["Accept-Ranges", "Content-Disposition", "Content-Length", "Content-Range", "ETag"],
}
CLIENTS = operator_clients(REGION)


@pytest.fixture(autouse=True)
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An account with a bucket for code and an archive that is well."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name=REGION)
        for bucket in ("code", "images"):
            client.create_bucket(Bucket=bucket)
        client.put_bucket_cors(Bucket="images", CORSConfiguration={"CORSRules": [CORS]})
        client.put_object(Bucket="images", Key="inventory/asky/current", Body=b"v")
        yield client


def test_an_archive_that_is_well() -> None:
    found = list(check_archive_bucket(planned(), CLIENTS))
    assert faults(found) == set()
    assert levels(found)["inventory"] is Level.OK


def test_the_documented_rule_is_what_is_asked_for() -> None:
    text = (ROOT / "docs/operations.md").read_text()
    documented = text.partition("--cors-configuration '")[2].partition("'")[0]
    (rule,) = json.loads(documented)["CORSRules"]
    assert missing_of_cors(rule) == []


def without(name: str, value: str) -> dict[str, Any]:
    return CORS | {name: [each for each in CORS[name] if each != value]}


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        (without("AllowedOrigins", "*") | {"AllowedOrigins": ["https://obs.example"]}, ["the origin *"]),
        (without("AllowedMethods", "HEAD"), ["HEAD"]),
        (CORS | {"AllowedHeaders": ["Authorization"]}, ["the header Range"]),
        (CORS | {"AllowedHeaders": ["range"]}, []),
        (without("ExposeHeaders", "Content-Range"), ["exposed content-range"]),
    ],
)
def test_what_a_rule_lacks_is_named(s3: Any, rule: dict[str, Any], missing: list[str]) -> None:
    assert missing_of_cors(rule) == missing
    s3.put_bucket_cors(Bucket="images", CORSConfiguration={"CORSRules": [rule]})
    assert faults(list(check_archive_bucket(planned(), CLIENTS))) == ({"archive-cors"} if missing else set())


KMS = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
FAULTS: dict[str, tuple[Callable[[Any], object], set[str]]] = {
    "no cors": (lambda s3: s3.delete_bucket_cors(Bucket="images"), {"archive-cors"}),
    "kms": (
        lambda s3: s3.put_bucket_encryption(Bucket="images", ServerSideEncryptionConfiguration=KMS),
        {"archive-encryption"},
    ),
    "an inventory under kms": (
        lambda s3: s3.put_object(
            Bucket="images", Key="inventory/asky/current", Body=b"", ServerSideEncryption="aws:kms"
        ),
        {"archive-encryption"},
    ),
    "no inventory": (
        lambda s3: s3.delete_object(Bucket="images", Key="inventory/asky/current"),
        {"inventory"},
    ),
    "frozen": (
        lambda s3: s3.put_object(Bucket="images", Key="2mass/a.fits", Body=b"", StorageClass="GLACIER"),
        {"archive-storage"},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_archive_is_found(s3: Any, name: str) -> None:
    inject, expected = FAULTS[name]
    inject(s3)
    found = list(check_archive_bucket(planned(), CLIENTS))
    assert faults(found) == expected
    assert all(finding.action for finding in found if finding.level in (Level.WARNING, Level.ERROR))


def altered(**answers: Any) -> Callable[[str], Any]:
    """Clients of which S3 answers some calls otherwise."""

    class Altered:
        def __init__(self, client: Any) -> None:
            self.client = client

        def __getattr__(self, name: str) -> Any:
            return answers.get(name) or getattr(self.client, name)

    return lambda service: Altered(CLIENTS(service)) if service == "s3" else CLIENTS(service)


def refused(code: str) -> Callable[..., Any]:
    from botocore.exceptions import ClientError

    def call(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": ""}}, "call")

    return call


def of_another_account(Bucket: str, ExpectedBucketOwner: str = "") -> Any:  # noqa: N803 (boto3's names)
    if ExpectedBucketOwner:
        refused("403")()
    return CLIENTS("s3").head_bucket(Bucket=Bucket)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"get_bucket_request_payment": lambda **_: {"Payer": "Requester"}}, {"archive-payer"}),
        ({"list_objects_v2": refused("AccessDenied")}, {"archive-list"}),
        ({"head_bucket": of_another_account}, {"archive-owner"}),
        ({"head_bucket": refused("403")}, {"archive-bucket"}),
        ({"get_bucket_cors": refused("AccessDenied")}, set()),  # skipped, and said
    ],
)
def test_a_fault_that_moto_does_not_have(answers: dict[str, Any], expected: set[str]) -> None:
    assert faults(list(check_archive_bucket(planned(), altered(**answers)))) == expected


def test_a_requester_who_pays_is_well_where_the_service_says_so() -> None:
    paid = altered(get_bucket_request_payment=lambda **_: {"Payer": "Requester"})
    stack = planned_with(ArchiveRequesterPays="true")
    assert levels(list(check_archive_bucket(stack, paid)))["archive-payer"] is Level.OK


@pytest.mark.parametrize(
    ("key", "expected"),
    [("1234abcd", set()), ("another", {"archive-encryption"})],
)
def test_a_key_that_the_functions_may_use_is_well(s3: Any, key: str, expected: set[str]) -> None:
    arn = f"arn:aws:kms:{REGION}:123456789012:key/"
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": f"{arn}{key}"}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    s3.put_bucket_encryption(Bucket="images", ServerSideEncryptionConfiguration=rules)
    stack = planned_with(ArchiveKmsKeyArn=f"{arn}1234abcd")
    assert faults(list(check_archive_bucket(stack, CLIENTS))) == expected


def test_what_may_not_be_asked_is_said() -> None:
    found = levels(list(check_archive_bucket(planned(), altered(get_bucket_cors=refused("AccessDenied")))))
    assert found["archive-cors"] is Level.SKIPPED


def test_an_inventory_below_the_prefix_is_what_counts() -> None:
    stack = dataclasses.replace(planned(), prefix="sky/")
    assert faults(list(check_archive_bucket(stack, CLIENTS))) == {"inventory"}
    CLIENTS("s3").put_object(Bucket="images", Key="sky/inventory/asky/current", Body=b"v")
    assert faults(list(check_archive_bucket(stack, CLIENTS))) == set()


@pytest.mark.parametrize("check", [check_archive_bucket, check_code_bucket])
def test_a_bucket_that_is_not_there(check: Callable[..., Any]) -> None:
    stack = dataclasses.replace(planned(), archive="none", code_bucket="none")
    assert Level.ERROR in levels(list(check(stack, CLIENTS))).values()


@pytest.mark.parametrize("check", [check_archive_bucket, check_code_bucket])
def test_a_bucket_of_another_region(s3: Any, check: Callable[..., Any]) -> None:
    s3.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    stack = dataclasses.replace(planned(), archive="far", code_bucket="far")
    found = levels(list(check(stack, CLIENTS)))
    assert (found.get("archive-region") or found.get("code-bucket")) is Level.ERROR


def test_a_code_bucket_that_is_well(tmp_path: Path) -> None:
    assert levels(list(check_code_bucket(planned(), CLIENTS))) == {"code-bucket": Level.OK}
