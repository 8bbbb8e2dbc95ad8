"""An object store's errors become ours, and keys are relative to a prefix."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier
from unittest import mock

import obstore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstore.exceptions import PermissionDeniedError
from obstore.store import MemoryStore

from local.server_thread import running
from skybatch.errors import InventoryError, SkybatchError, Transient
from skybatch.storage.bucket_tree import REQUEST_BYTES, BucketTree
from skybatch.storage.locations import open_tree
from skybatch.storage.places import ANONYMOUS, BucketPlace, open_place
from skybatch.storage.s3 import Connection, connect
from tests.support.servers.public_images import PUBLIC, public_images


def test_a_bucket_that_is_not_there_is_an_error_of_ours(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    with pytest.raises((SkybatchError, FileNotFoundError)):
        open_tree("s3://another").write("x", b"y")


def test_a_refusal_is_an_inventory_error(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = BucketTree(MemoryStore())

    def refuse(*_: object) -> None:
        raise PermissionDeniedError("403 Forbidden\nDebug source: ...")

    monkeypatch.setattr(obstore, "get", refuse)
    with pytest.raises(InventoryError) as refused:
        tree.read("x")
    assert "\n" not in refused.value.detail


def test_an_unreachable_store_is_a_transient_error() -> None:
    nowhere = Connection("http://127.0.0.1:9", {"access_key_id": "x", "secret_access_key": "x"})
    tree = BucketTree(connect("archive", nowhere, retries={"max_retries": 0}))
    with pytest.raises(Transient):
        tree.read("x")


def test_keys_are_relative_to_the_prefix() -> None:
    objects = MemoryStore()
    BucketTree(objects, "/some/prefix/").write("a/b", b"1")
    assert bytes(obstore.get(objects, "some/prefix/a/b").bytes()) == b"1"
    assert [entry.path for entry in BucketTree(objects, "some/prefix").entries("a/")] == ["a/b"]
    assert BucketTree(objects).local("some/prefix/a/b") is None


class SideBySide(BaseHTTPRequestHandler):
    """Answers ranges of zeros; each waits until ``together`` of them are asked for at the same time."""

    protocol_version = "HTTP/1.1"
    together: Barrier
    asked: list[tuple[int, int]]

    def do_GET(self) -> None:
        first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
        self.asked.append((first, last + 1 - first))
        self.together.wait(20)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{1 << 30}")
        self.send_header("Content-Length", str(last + 1 - first))
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(bytes(last + 1 - first))

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def side_by_side(together: int) -> Iterator[tuple[BucketTree, list[tuple[int, int]]]]:
    """A tree whose server answers so many requests at a time, and the ranges (start, length) it was asked."""
    asked: list[tuple[int, int]] = []
    handler = type("Handler", (SideBySide,), {"together": Barrier(together), "asked": asked})
    with running(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as address:
        connection = Connection(address, {"access_key_id": "x", "secret_access_key": "x"})
        yield BucketTree(connect("archive", connection, retries={"max_retries": 0})), asked


@pytest.mark.parametrize("count", [1, 5])
def test_large_ranges_are_read_side_by_side(count: int) -> None:
    """Five adjacent ranges of 8 MB were one request."""
    size = REQUEST_BYTES
    with side_by_side(count) as (tree, asked):
        starts = [index * size for index in range(count)]
        parts = tree.read_ranges("column.npy", starts, [size] * count)
    assert [len(part) for part in parts] == [size] * count
    assert sorted(asked) == [(start, size) for start in starts]


def test_small_ranges_that_are_near_are_one_request() -> None:
    with side_by_side(1) as (tree, asked):
        parts = tree.read_ranges("records.npy", [0, 65_536, 200_000], [65_536] * 3)
    assert asked == [(0, 265_536)]
    assert [len(part) for part in parts] == [65_536] * 3


def test_many_small_ranges_are_requests_of_bounded_size() -> None:
    starts = list(range(0, 2 * REQUEST_BYTES, 1 << 16))
    with side_by_side(2) as (tree, asked):
        tree.read_ranges("records.npy", starts, [1 << 16] * len(starts))
    assert sorted(asked) == [(0, REQUEST_BYTES), (REQUEST_BYTES, REQUEST_BYTES)]


def test_ranges_come_in_the_order_asked() -> None:
    objects = MemoryStore()
    content = bytes(range(256)) * 100_000
    obstore.put(objects, "x", content)
    starts, lengths = [20_000_000, 5, 9_000_000, 100], [10, 12_000_000, 300, 1]
    assert BucketTree(objects).read_ranges("x", starts, lengths) == [
        content[start : start + length] for start, length in zip(starts, lengths, strict=True)
    ]
    assert BucketTree(objects).read_ranges("x", [], []) == []


@pytest.mark.parametrize("size", [0, 1, 100])
def test_what_lies_beyond_the_end_is_absent_and_no_error_that_may_pass(s3: str, size: int) -> None:
    on_s3 = connect("archive", Connection(s3, {"access_key_id": "x", "secret_access_key": "x"}))
    for store in (MemoryStore(), on_s3):
        obstore.put(store, "x", bytes(size))
        tree = BucketTree(store)
        assert [len(tree.read_range("x", start, 50)) for start in (0, 80, 100, 5000)] == [
            max(0, min(50, size - start)) for start in (0, 80, 100, 5000)
        ]
        assert [len(part) for part in tree.read_ranges("x", [0, 60, 9000], [10, 50, 5])] == [
            max(0, min(length, size - start)) for start, length in ((0, 10), (60, 50), (9000, 5))
        ]
        assert tree.read_range("x", 0, 0) == b""
        with pytest.raises(FileNotFoundError):
            tree.read_range("absent", 0, 10)


SIZE = 400_000
ranges = st.lists(st.tuples(st.integers(0, SIZE + 9), st.integers(0, 150_000)), max_size=8)


@given(ranges, st.sampled_from([1, 50_000, 200_000, 1 << 23]))
def test_parts_are_those_of_the_object(wanted: list[tuple[int, int]], most: int) -> None:
    objects = MemoryStore()
    content = random.Random(3).randbytes(SIZE)
    obstore.put(objects, "x", content)
    starts, lengths = [start for start, _ in wanted], [length for _, length in wanted]
    with mock.patch("skybatch.storage.bucket_tree.REQUEST_BYTES", most):
        parts = BucketTree(objects).read_ranges("x", starts, lengths)
    assert parts == [content[start : start + length] for start, length in wanted]


def test_a_bucket_in_another_region_is_named_and_not_asked_again() -> None:
    with public_images({"wise/a.fits": b"1"}, listed=True) as public:
        tree = BucketTree(open_place(BucketPlace(PUBLIC.bucket, "us-east-1", ANONYMOUS).text))
        for ask in (lambda: tree.read("wise/a.fits"), lambda: list(tree.entries("wise/"))):
            with pytest.raises(InventoryError, match="is in us-west-2, but requests go to us-east-1"):
                ask()
        assert public.s3.seen == []
