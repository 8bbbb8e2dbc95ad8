"""Single images: the bytes of their place, kept for a day, never others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.delivery.image_places import ImagePlace
from skybatch.batch.delivery.single_images import (
    LARGEST_READ_BYTES,
    LONGEST_USE,
    cut_image,
    media_type,
    range_copier,
    read_image,
)
from skybatch.batch.store import BatchStore
from skybatch.errors import Transient
from tests.support.aws.fake_s3 import BUCKET, FakeS3, fake_s3
from tests.support.batches.batch_fakes import BATCH_ID

BODY = bytes(range(256)) * 200
FILE = "0001_990101n_j0010009.fits"


def put(store: BatchStore, body: bytes = BODY, name: str = "000000-abc", after: int = 0) -> ImagePlace:
    """An object that holds an image from byte 512 on."""
    etag = obstore.put(store.objects, store.path(keys.bundle(name)), bytes(512) + body + bytes(after))[
        "e_tag"
    ]
    return ImagePlace(name, etag or "", 512, len(body), hashlib.md5(body).hexdigest())


def now(store: BatchStore) -> float:
    key = keys.single_image(BATCH_ID, FILE)
    return obstore.head(store.objects, key)["last_modified"].timestamp()


@pytest.fixture
def store() -> BatchStore:
    return BatchStore(MemoryStore(), BATCH_ID)


@pytest.fixture
def s3() -> Iterator[FakeS3]:
    with fake_s3() as running:
        yield running


def test_an_image_is_cut_out_and_kept_with_its_type(s3: FakeS3) -> None:
    store = BatchStore(s3.store(), BATCH_ID)
    place = put(store)
    key = cut_image(store, place, FILE, 0.0, None)
    found = obstore.get(store.objects, key)
    assert bytes(found.bytes()) == BODY
    assert found.attributes["Content-Type"] == "image/fits"
    assert found.attributes["Content-Disposition"] == f'attachment; filename="{FILE}"'


def test_a_recent_cut_is_used_again_and_an_old_one_is_cut_anew(store: BatchStore) -> None:
    place = put(store)
    key = cut_image(store, place, FILE, 0.0, None)
    obstore.put(store.objects, key, b"kept")
    soon = now(store) + 60
    assert cut_image(store, place, FILE, soon, None) == key
    assert bytes(obstore.get(store.objects, key).bytes()) == b"kept"
    cut_image(store, place, FILE, soon + LONGEST_USE.total_seconds(), None)
    assert bytes(obstore.get(store.objects, key).bytes()) == BODY
    assert timedelta(days=1) > LONGEST_USE


def test_a_bundle_that_was_replaced_is_transient_never_other_bytes(store: BatchStore) -> None:
    place = put(store)
    put(store, BODY[::-1])
    with pytest.raises(Transient):
        read_image(store, place)
    with pytest.raises(Transient):
        cut_image(store, place, FILE, 0.0, None)


def test_bytes_that_differ_from_the_index_are_transient(store: BatchStore) -> None:
    place = put(store)
    with pytest.raises(Transient):
        read_image(store, ImagePlace(place.bundle, place.etag, 513, place.length, place.md5))


def test_a_large_image_is_copied_inside_s3(s3: FakeS3) -> None:
    store = BatchStore(s3.store(), BATCH_ID)
    body = b"x" * (LARGEST_READ_BYTES + 1)
    place = put(store, body, after=3000)
    s3.seen.clear()
    key = cut_image(store, place, FILE, 0.0, range_copier(s3.client, BUCKET))
    assert s3.count("GET") == 0
    found = obstore.get(store.objects, key)
    assert bytes(found.bytes()) == body
    assert found.attributes["Content-Type"] == "image/fits"


def test_a_large_image_of_a_replaced_bundle_is_transient_and_leaves_no_upload(s3: FakeS3) -> None:
    store = BatchStore(s3.store(), BATCH_ID)
    place = put(store, b"x" * (LARGEST_READ_BYTES + 1), after=3000)
    put(store, b"y" * (LARGEST_READ_BYTES + 1), after=3000)
    with pytest.raises(Transient):
        cut_image(store, place, FILE, 0.0, range_copier(s3.client, BUCKET))
    assert not s3.client().list_multipart_uploads(Bucket=BUCKET).get("Uploads")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("a.fits", "image/fits"),
        ("a.fits.gz", "application/gzip"),
        ("a_ql.fits.H", "application/octet-stream"),
        ("a.fits.fz", "application/octet-stream"),
    ],
)
def test_media_types(file: str, expected: str) -> None:
    assert media_type(file) == expected
