"""Places: buckets beside the archive, by region and access."""

from __future__ import annotations

from typing import Any

import httpx
import obstore
import pytest
from obstore.exceptions import GenericError, PermissionDeniedError
from obstore.store import MemoryStore, S3Store

from skybatch.storage.places import (
    ANONYMOUS,
    ARCHIVE,
    PUBLIC_ENDPOINT,
    SIGNED,
    BucketPlace,
    PlaceBucket,
    open_images,
    open_place,
)
from tests.support.aws.fake_s3 import S3Request, fake_s3
from tests.support.servers.public_images import PLACE, PUBLIC, public_images

KEY = "wise/a b+c%~.fits"


@pytest.mark.parametrize(
    "place",
    [
        PLACE,
        BucketPlace("own.images", "eu-west-1"),
        BucketPlace("paid", "us-east-1", SIGNED, requester_pays=True),
        BucketPlace("here"),
    ],
)
def test_a_place_is_read_as_it_is_written(place: BucketPlace) -> None:
    assert BucketPlace.from_text(place.text) == place


def test_a_place_is_a_url_of_bucket_region_and_access() -> None:
    assert PLACE.text == "s3://nasa-irsa-wise?region=us-west-2&access=anonymous"


def test_no_place_is_the_archive() -> None:
    archive = MemoryStore()
    assert open_images(archive, ARCHIVE) is archive


def test_each_place_is_opened_once() -> None:
    open_place.cache_clear()
    texts = [
        BucketPlace(*place).text
        for place in (("one", "us-west-2", ANONYMOUS), ("one", "us-west-2"), ("one", "eu-west-1"))
    ]
    opened = {id(open_place(text)) for text in texts for _ in range(2)}
    assert len(opened) == len(texts)


@pytest.mark.parametrize(
    ("bucket", "region", "url"),
    [
        (
            "nasa-irsa-wise",
            "us-west-2",
            "https://nasa-irsa-wise.s3.us-west-2.amazonaws.com/wise/a%20b%2Bc%25~.fits",
        ),
        (
            "dotted.name",
            "eu-west-1",
            "https://s3.eu-west-1.amazonaws.com/dotted.name/wise/a%20b%2Bc%25~.fits",
        ),
        ("b12", "cn-north-1", "https://s3.cn-north-1.amazonaws.com.cn/b12/wise/a%20b%2Bc%25~.fits"),
    ],
)
def test_the_plain_address_of_an_object_is_that_of_its_region(
    bucket: str, region: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (PUBLIC_ENDPOINT, "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    open_place.cache_clear()
    assert open_place(BucketPlace(bucket, region, ANONYMOUS).text).url(KEY) == url


def test_anonymous_requests_are_not_signed_and_go_to_the_region() -> None:
    with public_images({KEY: b"0123456789"}) as public:
        opened = open_place(PLACE.text)
        assert isinstance(opened, PlaceBucket)
        assert opened.is_anonymous
        assert bytes(obstore.get_range(opened, KEY, start=2, length=3)) == b"234"
        assert opened.url(KEY).startswith(public.url)
        assert httpx.get(opened.url(KEY)).content == b"0123456789"


def test_signed_requests_and_another_region_are_refused_by_a_public_bucket() -> None:
    with public_images({KEY: b"0123456789"}) as public:
        keys: Any = {"access_key_id": "test", "secret_access_key": "test", "region": PUBLIC.region}
        gateway = public.url.removesuffix(f"/{PUBLIC.bucket}")
        signed = S3Store(PUBLIC.bucket, endpoint=gateway, client_options={"allow_http": True}, **keys)
        with pytest.raises(PermissionDeniedError):
            obstore.get(signed, KEY)
        with pytest.raises(GenericError):
            obstore.get(open_place(BucketPlace(PUBLIC.bucket, "us-east-1", ANONYMOUS).text), KEY)


def test_requests_of_a_bucket_whose_requester_pays_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    said: list[str | None] = []

    def hear(request: S3Request) -> bool:
        said.append(request.headers.get("x-amz-request-payer"))
        return False

    with fake_s3() as s3:
        s3.client().put_object(Bucket="paid", Key="a", Body=b"1")
        s3.faults.append(hear)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3.url)
        open_place.cache_clear()
        for pays in (True, False):
            obstore.get(open_place(BucketPlace("paid", "us-east-1", SIGNED, pays).text), "a")
    open_place.cache_clear()
    assert said == ["requester", None]
