"""Joining inside S3: copies for what is long, one PUT for what is short, no parts left, whatever fails."""

from __future__ import annotations

import zlib

import obstore
import pytest
from obstore.store import ObjectStore

from skybatch.bundles.assembler import Assembled
from skybatch.bundles.s3_assembler import S3Assembler
from skybatch.bundles.spans import Span
from skybatch.errors import Transient
from tests.support.aws.fake_s3 import BUCKET, FakeS3, Fault
from tests.support.aws.s3_faults import (
    conflict,
    error_inside,
    lose_answer,
    refuse,
    reset_reused,
    times,
)
from tests.support.aws.s3_rules import Refused

MIB = 1024 * 1024
THROTTLED = refuse(Refused(503, "SlowDown", "injected"))
END = [b"the tables", b"the end"]


def put(objects: ObjectStore, *sizes: int) -> list[Span]:
    """Objects of these sizes, and the spans of all of them but their last bytes."""
    spans = []
    for number, size in enumerate(sizes):
        name = f"bundle{number}"
        etag = obstore.put(objects, name, bytes([65 + number]) * size)["e_tag"] or ""
        spans.append(Span(name, etag, 0, size - 100))
    return spans


def whole(objects: ObjectStore, spans: list[Span]) -> bytes:
    bodies = (
        bytes(obstore.get_range(objects, each.bundle, start=each.start, end=each.stop)) for each in spans
    )
    return b"".join((*bodies, *END))


def joined(s3: FakeS3, spans: list[Span]) -> Assembled:
    assembler = S3Assembler(s3.store(), str, s3.client, BUCKET)
    return assembler.assemble("tar", spans, lambda: iter(END), "application/x-tar")


def unfinished(s3: FakeS3) -> list[str]:
    return [each["Key"] for each in s3.client().list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])]


def test_long_fragments_are_copied_and_only_the_tail_is_written(s3: FakeS3) -> None:
    objects = s3.store()
    spans = put(objects, *[6 * MIB] * 4)
    s3.seen.clear()
    found = joined(s3, spans)
    parts = [line for line in s3.seen if line.startswith("PUT") and "partNumber" in line]
    assert (len(parts), s3.count("GET"), s3.count("POST")) == (5, 0, 2)
    body = whole(objects, spans)
    assert bytes(obstore.get(objects, "tar").bytes()) == body
    assert (found.bytes, found.crc32) == (len(body), zlib.crc32(body))
    assert obstore.get(objects, "tar", options={"head": True}).attributes["Content-Type"] == (
        "application/x-tar"
    )


@pytest.mark.parametrize(
    "sizes",
    [
        (3 * MIB, 4 * MIB, 9 * MIB),
        (9 * MIB, 3 * MIB),
        (MIB, 6 * MIB, MIB, 6 * MIB, MIB),
        (5 * MIB + 100,),
        (5 * MIB + 99, 20 * MIB),
        (4 * MIB,) * 12,
    ],
)
def test_what_s3_refuses_is_never_asked_of_it(s3: FakeS3, sizes: tuple[int, ...]) -> None:
    """No part under 5 MiB but the last, no copy from an object of 5 MB or less."""
    objects = s3.store()
    spans = put(objects, *sizes)
    joined(s3, spans)
    assert bytes(obstore.get(objects, "tar").bytes()) == whole(objects, spans)


def test_what_is_short_is_one_put(s3: FakeS3) -> None:
    objects = s3.store()
    spans = put(objects, 3000, 2000)
    s3.seen.clear()
    found = joined(s3, spans)
    assert (s3.count("PUT"), s3.count("POST"), s3.count("GET")) == (1, 0, 2)
    assert found.crc32 == zlib.crc32(whole(objects, spans))


PASSING: dict[str, Fault] = {
    "copies that are throttled": times(3, THROTTLED, verb="PUT", word="partNumber"),
    "copies that answer 200 with an error": times(2, error_inside, verb="PUT", word="partNumber"),
    "completion that answers 200 with an error": times(1, error_inside, verb="POST", word="uploadId"),
    "a completion whose answer is lost": times(1, lose_answer, verb="POST", word="uploadId"),
    "connections that were forgotten": times(3, reset_reused, word="partNumber"),
}


@pytest.mark.parametrize("fault", PASSING)
def test_faults_that_pass_change_nothing(s3: FakeS3, fault: str) -> None:
    objects = s3.store()
    spans = put(objects, 6 * MIB, 7 * MIB, 6 * MIB)
    s3.faults.append(PASSING[fault])
    joined(s3, spans)
    s3.faults.clear()
    assert bytes(obstore.get(objects, "tar").bytes()) == whole(objects, spans)
    assert not unfinished(s3)


LASTING: dict[str, Fault] = {
    "copies are refused": times(99, refuse(Refused(403, "AccessDenied", "")), verb="PUT", word="partNumber"),
    "completion meets a conflict": times(99, conflict, verb="POST", word="uploadId"),
}


@pytest.mark.parametrize("fault", LASTING)
def test_an_interrupted_run_leaves_no_parts_and_no_object(s3: FakeS3, fault: str) -> None:
    spans = put(s3.store(), 6 * MIB, 7 * MIB)
    s3.faults.append(LASTING[fault])
    with pytest.raises(Transient):
        joined(s3, spans)
    s3.faults.clear()
    assert not unfinished(s3)
    with pytest.raises(FileNotFoundError):
        obstore.head(s3.store(), "tar")


def test_a_bundle_that_was_replaced_is_not_copied(s3: FakeS3) -> None:
    objects = s3.store()
    spans = put(objects, 6 * MIB, 7 * MIB)
    obstore.put(objects, "bundle1", b"z" * (7 * MIB))
    with pytest.raises(Transient):
        joined(s3, spans)
    assert not unfinished(s3)
