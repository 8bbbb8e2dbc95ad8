"""Buckets beside the archive under the emulator's enforcement: anonymous ones, and ones the roles may read.

The stack has every parameter of places: a bucket in ImageBuckets, a key, and a requester who pays.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from local.allwise.tiles import FEW
from local.allwise.tree import PREFIX, path
from local.archive_bucket import emulator_bucket, upload_tree
from local.stack import ARCHIVE_BUCKET, Stack, silent
from local.verify import Target, delivered_images
from skybatch.archive.described.index import index_described
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.catalogue import packaged_description
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.known import forget
from tests.e2e.access.test_auth import DENIED, ROLES, actor_of
from tests.e2e.conftest import StartStack
from tests.e2e.service import Service

pytestmark = pytest.mark.e2e
STAR = Target(314.30417, 77.595559, 50)
TABLE = f"ra,dec,size\n{STAR.ra},{STAR.dec},{STAR.size}\n{STAR.ra},{STAR.dec},\n"
THEIRS, OTHERS = "their-images", "other-images"
COPIES = "copies/p3am_cdd"
PARAMETERS = {
    "ImageBuckets": f"arn:aws:s3:::unused-images,arn:aws:s3:::{THEIRS}",
    "ArchiveKmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "ArchiveRequesterPays": "true",
}


def description() -> str:
    """AllWISE once more: in a bucket of another account, read with signed requests and paid for."""
    text = packaged_description("allwise")
    for old, new in (
        ('id = "allwise"', 'id = "theirs"'),
        ('mission = { name = "wise" }', 'mission = { name = "theirs" }'),
        ('bucket = "nasa-irsa-wise"', f'bucket = "{THEIRS}"\nrequester_pays = true'),
        ('region = "us-west-2"', 'region = "us-east-1"'),
        ('access = "anonymous"', 'access = "signed"'),
        (f'prefix = "{PREFIX}/"', f'prefix = "{COPIES}/"'),
    ):
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def guarded(start_stack: StartStack, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    stack = start_stack(surveys=("allwise",), emulator={"AUTH": "true"}, parameters=PARAMETERS)
    copies = tmp_path_factory.mktemp("theirs")
    shutil.copytree(tree(stack) / PREFIX, copies / COPIES)
    for bucket in (THEIRS, OTHERS):
        upload_tree(stack.emulator, bucket, copies, silent, ("copies",))
    archive = BucketTree(emulator_bucket(stack.emulator, ARCHIVE_BUCKET))
    index_described(archive, description(), "theirs.toml", images=DirectoryTree(copies))
    forget(read_survey(description(), "theirs.toml"))
    return stack


def tree(stack: Stack) -> Path:
    assert stack.images is not None
    return stack.images


@pytest.mark.parametrize("survey", ["allwise", "theirs"])
def test_a_batch_of_each_place_runs_whole(guarded: Stack, survey: str) -> None:
    service = Service(guarded.url)
    status = service.run(mode="positions", survey=survey, bands=["w1"], table=TABLE)
    assert (status["images"]["retrieved"], status["images"]["failed"]) == (2, 0)
    images = delivered_images(service.file(status, "images.tar"))
    whole = (tree(guarded) / path(FEW[0], 1, "int", "fits")).read_bytes()
    assert whole in [image.body for image in images]


def test_a_whole_image_is_signed_only_where_it_must_be(guarded: Stack) -> None:
    below = path(FEW[0], 1, "int", "fits").removeprefix(PREFIX)
    for mission, signed in (("wise", False), ("theirs", True)):
        address = f"{guarded.url}/ibe/data/{mission}/allwise/p3am_cdd{below}"
        location = httpx.get(address, timeout=60).headers["location"]
        assert ("X-Amz-Signature=" in location) is signed
        assert ("x-amz-request-payer=requester" in location) is signed
        assert httpx.get(location, headers={"Range": "bytes=0-5"}, timeout=60).content == b"SIMPLE"


@pytest.mark.parametrize("role", ROLES)
def test_only_those_who_read_images_read_the_buckets_that_are_named(guarded: Stack, role: str) -> None:
    key = f"{COPIES}{path(FEW[0], 1, 'int', 'fits').removeprefix(PREFIX)}"
    s3 = actor_of(guarded, role).client("s3")
    readable = {bucket for bucket in (THEIRS, OTHERS) if may_read(s3, bucket, key)}
    assert readable == ({THEIRS} if role in ("Worker", "Search") else set())


def may_read(s3: Any, bucket: str, key: str) -> bool:
    """Try; any other refusal than a lack of rights is a fault of the test."""
    try:
        s3.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return False
    return True
