"""An object store's errors become ours, and keys are relative to a prefix."""

from __future__ import annotations

import obstore
import pytest
from obstore.exceptions import PermissionDeniedError
from obstore.store import MemoryStore

from skybatch.errors import InventoryError, SkybatchError, Transient
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.locations import open_tree
from skybatch.storage.s3 import Connection, connect


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
