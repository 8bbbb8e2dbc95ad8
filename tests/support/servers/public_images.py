"""A public bucket with images, read as functions read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import obstore
import pytest

from local.public_bucket import PublicBucket, public_bucket
from skybatch.storage.places import ANONYMOUS, PUBLIC_ENDPOINT, BucketPlace, open_place
from skybatch.surveys.known import default_survey, register
from tests.support.aws.fake_s3 import FakeS3, fake_s3
from tests.support.survey.sample_archive import MadeArchive

PUBLIC = PublicBucket("nasa-irsa-wise", "us-west-2")
PLACE = BucketPlace(PUBLIC.bucket, PUBLIC.region, ANONYMOUS)


@dataclass(frozen=True)
class PublicImages:
    """The address of the bucket, with its region, and the S3 behind it."""

    url: str
    s3: FakeS3


@contextmanager
def found_at(url: str) -> Iterator[None]:
    """Have this process find public buckets at the address of a gateway until the block ends."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(PUBLIC_ENDPOINT, f"{url}/{{region}}")
        open_place.cache_clear()
        yield
    open_place.cache_clear()


@contextmanager
def public_images(objects: Mapping[str, bytes], *, listed: bool = False) -> Iterator[PublicImages]:
    """Have a public bucket hold these objects, and functions find it, until the block ends."""
    bucket = replace(PUBLIC, listed=listed)
    with fake_s3() as s3, public_bucket(s3.url, bucket) as gateway, found_at(gateway.url):
        for key, body in objects.items():
            s3.client().put_object(Bucket=PUBLIC.bucket, Key=key, Body=body)
        s3.seen.clear()
        yield PublicImages(f"{gateway.url}/{PUBLIC.region}/{PUBLIC.bucket}", s3)


@contextmanager
def lying_in(place: BucketPlace) -> Iterator[None]:
    """Have the images of 2MASS lie in a public bucket until the block ends."""
    survey = default_survey()
    said = replace(survey.place, bucket=place.bucket, region=place.region, access="anonymous")
    register(replace(survey, place=said))
    try:
        yield
    finally:
        register(survey)


@contextmanager
def published_images(archive: MadeArchive) -> Iterator[PublicImages]:
    """Move the images of an archive to the public bucket until the block ends; its inventory stays."""
    images = {key: bytes(obstore.get(archive.objects, key).bytes()) for key in archive.plain}
    for key in images:
        obstore.delete(archive.objects, key)
    with public_images(images) as public, lying_in(PLACE):
        yield public
