"""The fake of S3 refuses what AWS refuses, to boto3 and obstore alike."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from typing import Any

import obstore
import pytest
from botocore.exceptions import ClientError

from tests.support.aws.fake_s3 import BUCKET, FakeS3, fake_s3
from tests.support.aws.s3_faults import error_inside, lose_answer, times
from tests.support.aws.s3_memory import crc32_text

MIB = 1024 * 1024


@pytest.fixture
def fake() -> Iterator[FakeS3]:
    with fake_s3() as running:
        yield running


class Upload:
    """A multipart upload of the object ``big`` by boto3."""

    def __init__(self, fake: FakeS3, **options: Any) -> None:
        self.client = fake.client()
        self.name = {"Bucket": BUCKET, "Key": "big"}
        self.name["UploadId"] = self.client.create_multipart_upload(**self.name, **options)["UploadId"]
        self.parts: list[dict[str, Any]] = []

    def put(self, number: int, size: int) -> None:
        answer = self.client.upload_part(**self.name, PartNumber=number, Body=bytes([number]) * size)
        self.parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    def copy(self, number: int, **options: Any) -> None:
        given = {"CopySource": f"{BUCKET}/source", **options}
        answer = self.client.upload_part_copy(**self.name, PartNumber=number, **given)
        self.parts.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})

    def complete(self, **options: Any) -> Any:
        parts = {"Parts": self.parts}
        return self.client.complete_multipart_upload(**self.name, MultipartUpload=parts, **options)


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_what_is_written_is_read_and_listed_by_both_clients(fake: FakeS3) -> None:
    store, client = fake.store(), fake.client()
    obstore.put(store, "a/b", b"12345", attributes={"Content-Type": "text/plain"})
    client.put_object(Bucket=BUCKET, Key="a/c d", Body=b"6789")
    assert bytes(obstore.get_range(store, "a/c d", start=1, length=2)) == b"78"
    assert client.get_object(Bucket=BUCKET, Key="a/b")["ContentType"] == "text/plain"
    assert [entry["path"] for page in obstore.list(store, "a") for entry in page] == ["a/b", "a/c d"]
    obstore.delete(store, "a/b")
    assert client.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1


def test_a_listing_has_pages_of_a_thousand(fake: FakeS3) -> None:
    for n in range(2001):
        fake.memory.put(f"n{n:04d}", b"", {})
    listed = [entry["path"] for page in obstore.list(fake.store(), offset="n0000") for entry in page]
    assert (listed[0], listed[-1], len(listed)) == ("n0001", "n2000", 2000)


@pytest.mark.parametrize(
    ("size", "options", "refusal"),
    [
        (5 * MIB, {"CopySourceRange": "bytes=0-9"}, "InvalidRequest"),
        (6 * MIB, {"CopySourceRange": f"bytes=0-{6 * MIB}"}, "InvalidArgument"),
        (6 * MIB, {"CopySourceRange": "bytes=0-"}, "InvalidArgument"),
        (6 * MIB, {"CopySourceIfMatch": '"another"'}, "PreconditionFailed"),
        (6 * MIB, {"PartNumber": 10_001}, "InvalidArgument"),
        (6 * MIB, {"CopySource": f"{BUCKET}/absent"}, "NoSuchKey"),
    ],
)
def test_copies_that_aws_refuses(fake: FakeS3, size: int, options: dict[str, Any], refusal: str) -> None:
    fake.memory.put("source", bytes(size), {})
    upload = Upload(fake)
    with pytest.raises(ClientError) as error:
        upload.copy(**{"number": options.pop("PartNumber", 1), **options})
    assert code(error) == refusal


def test_a_small_source_is_copied_whole_and_a_large_one_by_range(fake: FakeS3) -> None:
    fake.memory.put("source", b"s" * 6 * MIB, {})
    upload = Upload(fake)
    upload.copy(1, CopySourceRange=f"bytes=1-{5 * MIB}")
    fake.memory.put("source", b"t" * 9, {})
    upload.copy(2)
    upload.complete()
    assert fake.memory.objects["big"].body == b"s" * 5 * MIB + b"t" * 9


def test_a_small_part_before_the_last_is_refused(fake: FakeS3) -> None:
    upload = Upload(fake)
    upload.put(1, 5 * MIB - 1)
    upload.complete()  # the last may be of any size
    upload = Upload(fake)
    upload.put(1, 5 * MIB - 1)
    upload.put(2, 1)
    with pytest.raises(ClientError) as error:
        upload.complete()
    assert code(error) == "EntityTooSmall"


def test_a_completion_is_conditional_and_ends_its_upload(fake: FakeS3) -> None:
    first, second = Upload(fake), Upload(fake)
    first.put(1, 10)
    second.put(1, 10)
    first.complete(IfNoneMatch="*")
    with pytest.raises(ClientError) as error:
        second.complete(IfNoneMatch="*")
    assert code(error) == "PreconditionFailed"
    with pytest.raises(ClientError) as error:
        first.complete(IfNoneMatch="*")
    assert code(error) == "NoSuchUpload"


def test_a_crc32_of_the_whole_object_is_kept_and_compared(fake: FakeS3) -> None:
    upload = Upload(fake, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    upload.put(1, 5 * MIB)
    upload.put(2, 7)
    with pytest.raises(ClientError) as error:
        upload.complete(ChecksumCRC32=crc32_text(b"another"), ChecksumType="FULL_OBJECT")
    assert code(error) == "BadDigest"
    upload.complete()
    head = upload.client.head_object(Bucket=BUCKET, Key="big", ChecksumMode="ENABLED")
    whole = b"\1" * 5 * MIB + b"\2" * 7
    assert int.from_bytes(base64.b64decode(head["ChecksumCRC32"])) == zlib.crc32(whole)


def test_a_completion_whose_answer_is_lost_is_done(fake: FakeS3) -> None:
    upload = Upload(fake)
    upload.put(1, 10)
    fake.faults.append(times(1, lose_answer, verb="POST"))
    with pytest.raises(ClientError) as error:  # boto3 tries again
        upload.complete()
    assert code(error) == "NoSuchUpload"
    assert len(fake.memory.objects["big"].body) == 10


def test_an_error_may_come_inside_an_answer_of_200(fake: FakeS3) -> None:
    upload = Upload(fake)
    upload.put(1, 10)
    fake.faults.append(times(1, error_inside, verb="POST"))
    upload.complete()  # boto3 sees it, and tries again
    assert fake.count("POST") == 3
    assert len(fake.memory.objects["big"].body) == 10
