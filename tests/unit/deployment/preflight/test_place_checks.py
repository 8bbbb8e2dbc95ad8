"""Buckets beside the archive, on moto's S3, each with the fault that its check must find."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from skybatch.deployment.aws_calls import operator_clients
from skybatch.deployment.findings import Finding, Level
from skybatch.deployment.preflight.place_checks import check_image_places
from tests.support.deployment.planned import REGION, faults, levels, planned, planned_with
from tests.support.survey.descriptions import plain_description

CLIENTS = operator_clients(REGION)
KEY = "radio/radio/images/01/01234+01234.fits"


def description(place: str) -> str:
    return plain_description(("[fields]", f"[place]\nbucket = 'maps'\n{place}\n[fields]"))


HERE = description(f'region = "{REGION}"\naccess = "anonymous"')
SIGNED = description(f'region = "{REGION}"')
WRONG = description('region = "eu-west-1"\naccess = "anonymous"')


@pytest.fixture(autouse=True)
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An archive that holds a survey, whose images lie in a bucket that anybody may read and list."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name=REGION)
        client.create_bucket(Bucket="images")
        client.create_bucket(Bucket="maps", ACL="public-read")
        client.put_object(Bucket="maps", Key=KEY, Body=b"SIMPLE", ACL="public-read")
        yield client


def checked(s3: Any, text: str, **given: str) -> list[Finding]:
    held = {"format": 1, "datasets": ["radio"], "descriptions": {"radio": text}}
    s3.put_object(Bucket="images", Key="inventory/surveys.json", Body=json.dumps(held).encode())
    return list(check_image_places(planned_with(**given), CLIENTS))


def test_an_archive_without_descriptions_has_no_other_bucket() -> None:
    assert list(check_image_places(planned(), CLIENTS)) == []


def test_a_public_bucket_that_is_well(s3: Any) -> None:
    assert levels(checked(s3, HERE)) == {"images-radio": Level.OK}


@pytest.mark.parametrize(
    ("given", "expected"), [("", {"images-radio"}), ("arn:aws:s3:::a,arn:aws:s3:::maps", set())]
)
def test_a_bucket_read_with_signed_requests_is_one_that_the_roles_may_read(
    s3: Any, given: str, expected: set[str]
) -> None:
    assert faults(checked(s3, SIGNED, ImageBuckets=given)) == expected


FAULTS: dict[str, tuple[str, Callable[[Any], object], Level]] = {
    "another region than said": (WRONG, lambda _: None, Level.ERROR),
    "nothing there": (HERE, lambda s3: s3.delete_object(Bucket="maps", Key=KEY), Level.ERROR),
    "not to be read": (
        HERE,
        lambda s3: s3.put_object_acl(Bucket="maps", Key=KEY, ACL="private"),
        Level.ERROR,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_bucket_is_found(s3: Any, name: str) -> None:
    text, inject, level = FAULTS[name]
    inject(s3)
    found = checked(s3, text)
    assert levels(found) == {"images-radio": level}
    assert all(finding.action for finding in found)


def test_another_region_than_the_deployments_is_told(s3: Any) -> None:
    s3.create_bucket(
        Bucket="far", ACL="public-read", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    s3.put_object(Bucket="far", Key=KEY, Body=b"SIMPLE", ACL="public-read")
    found = checked(s3, HERE.replace("'maps'", "'far'").replace(REGION, "us-west-2"))
    assert [finding.level for finding in found] == [Level.OK, Level.WARNING]


def test_a_bucket_that_may_not_be_listed_is_told(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "ListObjectsV2")

    with monkeypatch.context() as patched:
        patched.setattr(CLIENTS("s3"), "list_objects_v2", refused)
        found = checked(s3, SIGNED, ImageBuckets="arn:aws:s3:::maps")
    assert levels(found) == {"images-radio": Level.WARNING}
