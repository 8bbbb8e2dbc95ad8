"""The objects of a batch: ids that cannot leave their folder, first writers that win."""

from __future__ import annotations

import pytest
from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.file_names import image_file, make_unique
from skybatch.batch.store import BatchStore
from skybatch.errors import NotFound
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.layout import ImageId
from tests.support.batch_fakes import BATCH_ID


@pytest.mark.parametrize("batch_id", ["", "../" + "a" * 29, "A" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n"])
def test_what_is_no_id_is_no_batch(batch_id: str) -> None:
    with pytest.raises(NotFound):
        BatchStore(MemoryStore(), batch_id)


def test_first_writer_wins() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    assert store.create_json("plan.json", {"a": 1})
    assert not store.create_json("plan.json", {"a": 2})
    assert store.read_json("plan.json") == {"a": 1}


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


IMAGE = ImageId("asky", "990502", "s", 135, 80, "h")


def test_names_of_files_are_those_of_the_contract() -> None:
    assert image_file(IMAGE, ImageType.ATLAS, "fits.gz") == "990502s_h1350080.fits.gz"
    assert image_file(IMAGE, ImageType.ATLAS, "fits", 7, "m31") == "0007_m31_990502s_h1350080.fits"
    assert image_file(IMAGE, ImageType.QUICKLOOK, "fits.H", 12345) == "12345_990502s_h1350080_ql.fits.H"


@pytest.mark.parametrize("evil", ["../../x", "<script>", "a b\n", "$(rm)", "é😀"])
def test_names_of_files_are_safe_whatever_the_id(evil: str) -> None:
    assert set(image_file(IMAGE, ImageType.ATLAS, "fits", 1, evil)) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
    )


def test_equal_names_are_told_apart() -> None:
    names = ["a.fits", "a.fits", "a-2.fits", "b.fits.gz", "b.fits.gz"]
    unique = make_unique(names)
    assert len(set(unique)) == 5
    assert unique[0] == "a.fits"
    assert unique[4] == "b-2.fits.gz"
