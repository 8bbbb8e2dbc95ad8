"""Multipart uploads: conditions, errors that may pass, completions whose answer was lost."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from skybatch.errors import Transient
from skybatch.storage.multipart_upload import MultipartUpload, begin_upload, stored_crc32

SIZE = 6 * 1024 * 1024


class S3:
    """A client of which each call answers, or raises, what it was given."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.calls = answers, list[tuple[str, dict[str, Any]]]()

    def __getattr__(self, name: str) -> Any:
        def call(**asked: Any) -> Any:
            self.calls.append((name, asked))
            answer = self.answers.get(name, {})
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "call")


def upload(s3: S3) -> MultipartUpload:
    made = MultipartUpload(s3, "results", "tar", "id")
    made.parts = {2: {"ETag": "b"}, 1: {"ETag": "a"}}
    return made


def test_an_upload_asks_for_one_checksum_of_the_whole() -> None:
    s3 = S3(create_multipart_upload={"UploadId": "id"})
    begin_upload(s3, "results", "tar", "application/x-tar")
    ((_, asked),) = s3.calls
    assert asked["ContentType"] == "application/x-tar"
    assert (asked["ChecksumAlgorithm"], asked["ChecksumType"]) == ("CRC32", "FULL_OBJECT")


def test_a_copy_names_its_range_and_the_object_it_means() -> None:
    s3 = S3(upload_part_copy={"CopyPartResult": {"ETag": "c"}})
    made = upload(s3)
    made.copy_part(3, "bundles/a", '"etag"', 512, 1024)
    ((_, asked),) = s3.calls
    assert asked["CopySource"] == {"Bucket": "results", "Key": "bundles/a"}
    assert (asked["CopySourceRange"], asked["CopySourceIfMatch"]) == ("bytes=512-1023", '"etag"')
    assert made.parts[3] == {"ETag": "c"}


def test_completion_lists_the_parts_in_order_and_sends_no_checksum() -> None:
    s3 = S3()
    assert upload(s3).complete(SIZE)
    ((_, asked),) = s3.calls
    assert asked["MultipartUpload"] == {
        "Parts": [{"PartNumber": 1, "ETag": "a"}, {"PartNumber": 2, "ETag": "b"}]
    }
    assert not [name for name in asked if "Checksum" in name or name == "IfNoneMatch"]


def test_a_lost_completion_is_told_by_the_size_of_what_is_there() -> None:
    gone = refused("NoSuchUpload")
    assert upload(S3(complete_multipart_upload=gone, head_object={"ContentLength": SIZE})).complete(SIZE)
    for there in ({"ContentLength": SIZE - 1}, refused("404")):
        with pytest.raises(Transient):
            upload(S3(complete_multipart_upload=gone, head_object=there)).complete(SIZE)


def test_the_first_writer_wins() -> None:
    s3 = S3(complete_multipart_upload=refused("PreconditionFailed"))
    assert not upload(s3).complete(SIZE, create=True)
    assert s3.names()[-1] == "abort_multipart_upload"
    assert s3.calls[0][1]["IfNoneMatch"] == "*"


@pytest.mark.parametrize("code", ["ConditionalRequestConflict", "SlowDown", "InternalError"])
def test_a_conflict_or_a_fault_of_s3_may_pass(code: str) -> None:
    """After a conflict (409) the upload is no use: its parts are dropped, and all is done again."""
    s3 = S3(complete_multipart_upload=refused(code))
    made = upload(s3)
    with pytest.raises(Transient), made.aborted_on_error():
        made.complete(SIZE, create=True)
    assert s3.names()[-1] == "abort_multipart_upload"


@pytest.mark.parametrize("error", [refused("PreconditionFailed"), EndpointConnectionError(endpoint_url="x")])
def test_parts_that_fail_are_transient(error: Exception) -> None:
    made = upload(S3(upload_part_copy=error, upload_part=error, create_multipart_upload=error))
    with pytest.raises(Transient):
        made.copy_part(1, "a", "e", 0, 5)
    with pytest.raises(Transient):
        made.write_part(1, b"x")
    with pytest.raises(Transient):
        begin_upload(made.s3, "results", "tar", "x/y")


def test_a_checksum_counts_only_where_it_is_of_the_whole() -> None:
    text = {"ChecksumCRC32": "AAAAKg=="}
    assert stored_crc32(S3(head_object={**text, "ChecksumType": "FULL_OBJECT"}), "results", "tar") == 42
    assert stored_crc32(S3(head_object={**text, "ChecksumType": "COMPOSITE"}), "results", "tar") is None
    assert stored_crc32(S3(head_object={}), "results", "tar") is None
