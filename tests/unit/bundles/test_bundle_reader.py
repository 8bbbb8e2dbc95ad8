"""Reading an index: few bytes, and only of the object that was listed."""

from __future__ import annotations

import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.bundles.bundle_format import UnsoundBundle
from skybatch.bundles.bundle_reader import FIRST_READ_BYTES, read_if_unchanged, read_index
from skybatch.bundles.bundle_writer import BundleWriter


def stored(files: int) -> tuple[MemoryStore, int, str, BundleWriter]:
    writer = BundleWriter()
    for number in range(files):
        writer.add_file(number, f"box/images/{number}.fits", bytes([number % 256]) * 300)
    objects = MemoryStore()
    body = b"".join(writer.pieces())
    return objects, len(body), obstore.put(objects, "bundles/one", body)["e_tag"] or "", writer


@pytest.mark.parametrize("files", [1, 100, 3000])
def test_an_index_of_any_length_is_read(files: int) -> None:
    objects, size, etag, writer = stored(files)
    assert read_index(objects, "bundles/one", size, etag) == writer.index()
    assert (files < 1000) == (size - writer.size < FIRST_READ_BYTES)


def test_another_object_in_its_place_is_not_read() -> None:
    objects, size, etag, _ = stored(3)
    obstore.put(objects, "bundles/one", b"x" * size)
    with pytest.raises(UnsoundBundle):
        read_index(objects, "bundles/one", size, etag)


def test_an_object_that_went_or_is_shorter_is_unsound() -> None:
    objects, size, etag, _ = stored(3)
    with pytest.raises(UnsoundBundle):
        read_if_unchanged(objects, "bundles/one", size - 10, size + 10, etag)
    with pytest.raises(UnsoundBundle):
        read_index(objects, "bundles/two", size, etag)
    assert read_if_unchanged(objects, "bundles/one", 5, 5, etag) == b""
