"""What a 403 and a redirect mean for one object."""

from __future__ import annotations

import obstore
import pytest
from obstore.exceptions import GenericError, PermissionDeniedError
from obstore.store import MemoryStore, ObjectStore

from skybatch.errors import SourceElsewhere, SourceForbidden, SourceMissing
from skybatch.storage import refusals
from skybatch.storage.places import ANONYMOUS, BucketPlace, open_place
from skybatch.storage.refusals import answered, is_refusal
from tests.support.aws.fake_s3 import S3Request, fake_s3
from tests.support.aws.s3_faults import refuse, times
from tests.support.aws.s3_rules import Refused
from tests.support.servers.public_images import PLACE, PUBLIC, public_images

KEY, MISSING = "wise/09/here.fits", "wise/09/missing.fits"
DENIED = Refused(403, "AccessDenied", "Access Denied")


@pytest.fixture(autouse=True)
def nothing_read_before() -> None:
    refusals._read.clear()


def head(objects: ObjectStore, key: str) -> object:
    return answered(objects, key, lambda: obstore.head(objects, key))


def get(objects: ObjectStore) -> object:
    return answered(objects, KEY, lambda: obstore.get(objects, KEY))


def test_what_a_store_does_not_find_is_missing() -> None:
    with pytest.raises(SourceMissing):
        head(MemoryStore(), MISSING)


def test_where_nobody_may_list_a_403_is_missing_if_a_known_image_still_answers() -> None:
    with public_images({KEY: b"1"}):
        objects = open_place(PLACE.text)
        with pytest.raises(SourceForbidden):
            head(objects, MISSING)
        head(objects, KEY)
        with pytest.raises(SourceMissing):
            head(objects, MISSING)


def test_a_403_of_all_is_forbidden_whatever_was_read_before(caplog: pytest.LogCaptureFixture) -> None:
    with public_images({KEY: b"1"}) as public:
        objects = open_place(PLACE.text)
        head(objects, KEY)
        public.s3.faults.append(refuse(DENIED))
        with pytest.raises(SourceForbidden) as refused:
            head(objects, KEY)
    assert refused.value.retryable
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize(("key", "expected"), [(KEY, SourceForbidden), (MISSING, SourceMissing)])
def test_where_listing_is_allowed_the_listing_decides(key: str, expected: type[Exception]) -> None:
    with fake_s3() as s3:
        s3.client().put_object(Bucket="bucket", Key=KEY, Body=b"1")
        s3.faults.append(times(1, refuse(DENIED), verb="HEAD"))
        with pytest.raises(expected):
            head(s3.store(), key)


def test_a_bucket_in_another_region_is_named_after_one_request() -> None:
    with public_images({KEY: b"1"}) as public:
        objects = open_place(BucketPlace(PUBLIC.bucket, "us-east-1", ANONYMOUS).text)
        with pytest.raises(SourceElsewhere) as found:
            head(objects, KEY)
        assert not public.s3.seen
    assert found.value.detail == "the bucket nasa-irsa-wise is in us-west-2, but requests go to us-east-1"
    assert not found.value.retryable


def test_a_signature_for_another_region_is_told_too() -> None:
    def malformed(request: S3Request) -> bool:
        body = b"<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>"
        request.send(400, {"content-type": "application/xml"}, body)
        return True

    with fake_s3(malformed) as s3, pytest.raises(SourceElsewhere) as found:
        get(s3.store())
    assert found.value.detail == "the bucket bucket is in eu-west-1, but requests go to us-east-1"


def test_other_errors_stay_what_they_are() -> None:
    with fake_s3(refuse(Refused(400, "Other", "no"))) as s3, pytest.raises(GenericError):
        get(s3.store())


def test_listings_are_refused_in_words() -> None:
    assert is_refusal(PermissionDeniedError("403"))
    assert is_refusal(GenericError("403 Forbidden: <Error><Code>AccessDenied</Code></Error>"))
    assert not is_refusal(GenericError("500"))
