"""The public bucket of the sample refuses what AWS refuses, where the emulator would answer every call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from local.public_bucket import PublicBucket, public_bucket
from tests.support.aws.fake_s3 import fake_s3

PUBLIC = PublicBucket("nasa-irsa-wise", "us-west-2")
ROOT = "/us-west-2/nasa-irsa-wise"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with fake_s3() as s3:
        s3.client().put_object(Bucket=PUBLIC.bucket, Key="wise/a b+c.fits", Body=b"SIMPLE  =")
        with public_bucket(s3.url, PUBLIC) as gateway, httpx.Client(base_url=gateway.url) as client:
            yield client


def test_anybody_may_read_an_object_and_parts_of_it(http: httpx.Client) -> None:
    assert http.get(f"{ROOT}/wise/a%20b%2Bc.fits").content == b"SIMPLE  ="
    part = http.get(f"{ROOT}/wise/a%20b%2Bc.fits", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"MPL")
    assert http.head(f"{ROOT}/wise/a%20b%2Bc.fits").headers["content-length"] == "9"


@pytest.mark.parametrize(
    ("verb", "path", "headers", "status", "code"),
    [
        ("GET", "/us-east-1/nasa-irsa-wise/wise/a%20b%2Bc.fits", {}, 301, "PermanentRedirect"),
        ("GET", f"{ROOT}/wise/a%20b%2Bc.fits", {"Authorization": "AWS4-HMAC-SHA256 x"}, 403, "AccessDenied"),
        ("GET", f"{ROOT}/wise/a%20b%2Bc.fits?X-Amz-Signature=1", {}, 403, "AccessDenied"),
        ("GET", ROOT, {}, 403, "AccessDenied"),
        ("GET", f"{ROOT}/?list-type=2&prefix=wise/", {}, 403, "AccessDenied"),
        ("GET", f"{ROOT}/wise/missing.fits", {}, 403, "AccessDenied"),
        ("GET", "/us-west-2/another/wise/a.fits", {}, 403, "AccessDenied"),
        ("PUT", f"{ROOT}/wise/a.fits", {}, 405, "MethodNotAllowed"),
        ("DELETE", f"{ROOT}/wise/a%20b%2Bc.fits", {}, 405, "MethodNotAllowed"),
    ],
)
def test_what_the_public_bucket_of_aws_refuses_is_refused(
    http: httpx.Client, verb: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = http.request(verb, path, headers=headers)
    assert (answer.status_code, f"<Code>{code}</Code>" in answer.text) == (status, True)
    assert answer.headers["x-amz-bucket-region"] == "us-west-2"


def test_what_is_not_given_is_not_changed(http: httpx.Client) -> None:
    http.delete(f"{ROOT}/wise/a%20b%2Bc.fits")
    assert http.get(f"{ROOT}/wise/a%20b%2Bc.fits").status_code == 200


def test_a_bucket_that_may_be_listed_tells_what_is_missing() -> None:
    listed = replace(PUBLIC, listed=True)
    with fake_s3() as s3, public_bucket(s3.url, listed) as gateway:
        s3.client().put_object(Bucket=PUBLIC.bucket, Key="wise/a/b.fits", Body=b"1")
        root = gateway.url + ROOT
        assert "<Key>wise/a/b.fits</Key>" in httpx.get(f"{root}?list-type=2&prefix=wise/").text
        assert "<Prefix>wise/a/</Prefix>" in httpx.get(f"{root}?prefix=wise/&delimiter=/").text
        assert httpx.get(f"{root}/wise/missing.fits").status_code == 404
