"""The objects of a batch: ids that cannot leave their folder, first writers that win, in memory and in S3."""

from __future__ import annotations

import pytest
from obstore.store import MemoryStore, S3Store

from skybatch.batch import keys
from skybatch.batch.store import BatchStore
from skybatch.errors import NotFound
from skybatch.storage.clients import client
from tests.support.batches.batch_fakes import BATCH_ID


@pytest.mark.parametrize("batch_id", ["", "../" + "a" * 29, "A" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n"])
def test_what_is_no_id_is_no_batch(batch_id: str) -> None:
    with pytest.raises(NotFound):
        BatchStore(MemoryStore(), batch_id)


def test_first_writer_wins() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    assert store.create_json("plan.json", {"a": 1})
    assert not store.create_json("plan.json", {"a": 2})
    assert store.read_json("plan.json") == {"a": 1}


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_the_first_lines_alone_are_read(end: bytes) -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    store.write("x.jsonl", b"\n".join(b'{"n": %d}' % n for n in range(3)) + end)
    for first in (None, 0, 1, 2, 3, 9):
        assert store.read_lines("x.jsonl", first) == [{"n": n} for n in range(3)][:first]
    store.write("y.jsonl", b'{"n": 0}\nbroken')
    assert store.read_lines("y.jsonl", 1) == [{"n": 0}]
    assert store.read_lines("z.jsonl", 1) is None


def test_listing_goes_on_after_a_name() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    for name in ("a.fits", "b.fits", "c.fits"):
        store.write(keys.image(name), b"12")
    store.write("imagesque", b"")
    assert [(s.name, s.bytes) for s in store.list(keys.IMAGES, "a.fits")] == [("b.fits", 2), ("c.fits", 2)]


def test_what_is_not_there_is_none() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    assert store.read("x") is None
    assert store.read_json("x") is None
    assert store.size("x") is None
    assert list(store.read_many(["x", "y"])) == [None, None]


def test_first_writer_wins_in_s3_and_listings_go_on_after_a_name(results: S3Store) -> None:
    store = BatchStore(results, BATCH_ID)
    assert store.create_json(keys.OUTCOMES, {"first": True})
    assert not store.create_json(keys.OUTCOMES, {"first": False})
    assert store.read_json(keys.OUTCOMES) == {"first": True}
    for n in range(5):
        store.write(keys.image(f"{n}.fits"), bytes(n))
    assert [(s.name, s.bytes) for s in store.list(keys.IMAGES, "1.fits")] == [
        ("2.fits", 2),
        ("3.fits", 3),
        ("4.fits", 4),
    ]
    assert store.size(keys.image("4.fits")) == 4
    assert store.size(keys.image("5.fits")) is None


def test_an_archive_is_streamed_in_parts(results: S3Store) -> None:
    store = BatchStore(results, BATCH_ID)
    chunk = bytes(1_000_000)
    store.upload(keys.result("images.tar"), iter([chunk] * 20), "application/x-tar")
    assert store.size(keys.result("images.tar")) == 20_000_000
    head = client("s3").head_object(Bucket="results", Key=store.path(keys.result("images.tar")))
    assert head["ContentType"] == "application/x-tar"
    assert head["ETag"].endswith('-3"')


def test_a_link_is_signed_for_its_object_and_for_an_hour(results: S3Store) -> None:
    link = BatchStore(results, BATCH_ID).presigned_url(keys.image("a.fits"), "HEAD")
    assert f"batches/{BATCH_ID}/images/a.fits" in link
    assert "X-Amz-Expires=3600" in link
    assert "X-Amz-Signature=" in link


def test_the_facts_of_an_object_are_its_size_type_and_tag() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    store.write("results/a.fits", b"abc", "image/fits")
    found = store.facts("results/a.fits")
    assert found is not None
    assert (found.bytes, found.media_type) == (3, "image/fits")
    assert found.etag.startswith('"')
    assert store.facts("results/b.fits") is None
