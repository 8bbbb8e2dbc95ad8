"""The proxy of the drills refuses what AWS refuses, before a server that does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import obstore
import pytest
from botocore.exceptions import ClientError
from obstore.exceptions import GenericError
from obstore.store import S3Store

from skybatch.storage.conditional_writes import create_object
from tests.e2e.faults import Faults, connection_reset, faulty_proxy, first_times
from tests.support.aws.s3 import REGION, s3_server

MIB = 1024 * 1024
NAME = {"Bucket": "results", "Key": "big"}


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """A client of moto's server, through the proxy."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": REGION}
    with s3_server() as server, faulty_proxy(Faults()) as proxy:
        proxy.target = server.endpoint
        client = boto3.client("s3", endpoint_url=proxy.url, **keys)
        client.create_bucket(Bucket="results")
        client.put_object(Bucket="results", Key="large", Body=b"l" * 12 * MIB)
        client.put_object(Bucket="results", Key="small", Body=b"s" * 5 * MIB)
        yield client


def copy(s3: Any, source: str, number: int = 1, **options: Any) -> tuple[str, dict[str, Any]]:
    upload = s3.create_multipart_upload(**NAME)["UploadId"]
    given = {**NAME, "UploadId": upload, "CopySource": f"results/{source}", **options}
    answer = s3.upload_part_copy(PartNumber=number, **given)
    return upload, {"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]}


@pytest.mark.parametrize(
    ("source", "number", "options", "code"),
    [
        ("small", 1, {"CopySourceRange": "bytes=0-9"}, "InvalidRequest"),
        ("large", 1, {"CopySourceRange": f"bytes=0-{12 * MIB}"}, "InvalidArgument"),
        ("large", 1, {"CopySourceIfMatch": '"another"'}, "PreconditionFailed"),
        ("large", 10_001, {}, "InvalidArgument"),
    ],
)
def test_copies_are_refused(s3: Any, source: str, number: int, options: dict[str, str], code: str) -> None:
    with pytest.raises(ClientError) as error:
        copy(s3, source, number, **options)
    assert error.value.response["Error"]["Code"] == code


def test_a_small_part_before_the_last_is_refused_at_completion(s3: Any) -> None:
    upload, first = copy(s3, "large", CopySourceRange="bytes=0-99")
    answer = s3.upload_part(**NAME, UploadId=upload, PartNumber=2, Body=b"2")
    parts = [first, {"PartNumber": 2, "ETag": answer["ETag"]}]
    with pytest.raises(ClientError) as error:
        s3.complete_multipart_upload(**NAME, UploadId=upload, MultipartUpload={"Parts": parts})
    assert error.value.response["Error"]["Code"] == "EntityTooSmall"


def test_a_reset_connection_breaks_a_conditional_write_that_obstore_does_not_repeat() -> None:
    faults = Faults({"PUT": first_times(1, connection_reset)})
    with s3_server() as server, faulty_proxy(faults) as proxy:
        proxy.target = server.endpoint
        server.bucket("results")
        options: Any = {"endpoint": proxy.url, "region": REGION, "client_options": {"allow_http": True}}
        store = S3Store("results", access_key_id="testing", secret_access_key="testing", **options)
        with pytest.raises(GenericError):
            obstore.put(store, "k", b"1", mode="create")
        faults.by_word = {"PUT": first_times(1, connection_reset)}
        assert create_object(store, "k", b"1")


def test_what_aws_takes_goes_through(s3: Any) -> None:
    upload, first = copy(s3, "large", CopySourceRange=f"bytes=0-{6 * MIB - 1}")
    answer = s3.upload_part(**NAME, UploadId=upload, PartNumber=2, Body=b"2")
    parts = [first, {"PartNumber": 2, "ETag": answer["ETag"]}]
    s3.complete_multipart_upload(**NAME, UploadId=upload, MultipartUpload={"Parts": parts})
    assert s3.head_object(**NAME)["ContentLength"] == 6 * MIB + 1
