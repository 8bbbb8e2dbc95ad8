"""Large objects come by parts, all of one object; small ones by one request."""

from __future__ import annotations

import random

import obstore
import pytest
from obstore.exceptions import PreconditionError
from obstore.store import MemoryStore

from skybatch.errors import SourceUnsupported
from skybatch.fits.limits import check_image_bytes
from skybatch.storage.whole_objects import PART_BYTES, read_whole
from tests.support.aws.fake_s3 import S3Request, fake_s3


@pytest.mark.parametrize(
    ("size", "requests"),
    [(1, 1), (PART_BYTES, 1), (PART_BYTES + 1, 2), (3 * PART_BYTES + 7, 4), (0, 2)],
)
def test_an_object_is_read_by_parts(size: int, requests: int) -> None:
    body = random.Random(size).randbytes(size)
    with fake_s3() as s3:
        s3.client().put_object(Bucket="bucket", Key="a", Body=body)
        s3.seen.clear()
        assert read_whole(s3.store(), "a", check_image_bytes) == body
        assert len(s3.seen) == requests


def test_parts_of_two_objects_are_never_joined() -> None:
    with fake_s3() as s3:
        s3.client().put_object(Bucket="bucket", Key="a", Body=bytes(2 * PART_BYTES))

        def rewritten(request: S3Request) -> bool:
            if request.given.get("range", "").startswith(f"bytes={PART_BYTES}-"):
                request.fake.memory.objects.clear()
                s3.client().put_object(Bucket="bucket", Key="a", Body=b"1" * 2 * PART_BYTES)
            return False

        s3.faults.append(rewritten)
        with pytest.raises(PreconditionError):
            read_whole(s3.store(), "a", check_image_bytes)


def test_the_size_is_checked_before_the_rest_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skybatch.fits.limits.MAX_IMAGE_BYTES", 2 * PART_BYTES)
    with fake_s3() as s3:
        s3.client().put_object(Bucket="bucket", Key="a", Body=bytes(2 * PART_BYTES + 1))
        s3.seen.clear()
        with pytest.raises(SourceUnsupported):
            read_whole(s3.store(), "a", check_image_bytes)
        assert len(s3.seen) == 1


def test_what_is_absent_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        read_whole(MemoryStore(), "a", check_image_bytes)
    store = MemoryStore()
    obstore.put(store, "empty", b"")
    assert read_whole(store, "empty", check_image_bytes) == b""
