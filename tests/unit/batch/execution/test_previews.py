"""Previews: drawn with the crops, on demand for the rest, in colour where three bands came."""

from __future__ import annotations

import io
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.execution import previews
from skybatch.batch.execution.worker import ImageArchive, process_message
from skybatch.batch.message import Message
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.fits.pixel_box import PixelBox
from skybatch.imaging import quicklook
from tests.support.batches.batch_fakes import BATCH_ID, task
from tests.support.images.fits_files import gzipped, make_image

image_module = pytest.importorskip("PIL.Image", reason="no Pillow to read the pictures with")

SOURCE = "twomass/allsky/allsky/990101n/s001/image/{band}i0010009.fits.gz"
SMALL, LARGE = PixelBox(100, 100, 60, 50), PixelBox(0, 0, 500, 1000)


@pytest.fixture
def store() -> BatchStore:
    return BatchStore(MemoryStore(), BATCH_ID)


def wanted(band: str, box: PixelBox, row: int = 1) -> Task:
    file = f"{row:04d}_990101n_{band}0010009.fits"
    return task(row - 1, file=file, band=band, box=box, source=SOURCE.format(band=band))


def deliver(store: BatchStore, *tasks: Task) -> None:
    """What a worker does with one stored image."""
    objects = MemoryStore()
    objects.put(tasks[0].source, gzipped(make_image(seed=ord(tasks[0].band))))
    archive = ImageArchive(objects, "archive", "", "results", lambda: None)
    process_message(Message(BATCH_ID, tasks[0].source, tasks), archive, store)


def size(picture: bytes | None) -> tuple[Any, ...]:
    assert picture is not None
    with image_module.open(io.BytesIO(picture)) as read:
        return (read.mode, *read.size)


def test_small_crops_come_with_their_preview_in_one_pack(store: BatchStore) -> None:
    tasks = [wanted("j", SMALL), wanted("j", LARGE, row=2), wanted("j", PixelBox(3, 4, 7, 9), row=3)]
    deliver(store, *tasks)
    assert [(s.name, s.bytes > 0) for s in store.list(keys.crop_pack("990101n_j0010009"))] == [("0", True)]
    for each in tasks:
        obstore.delete(store.objects, store.path(keys.image(each.file)))
    assert size(previews.read_or_draw(store, "0001_990101n_j0010009.fits.png")) == ("L", 60, 50)
    assert size(previews.read_or_draw(store, "0003_990101n_j0010009.fits.png")) == ("L", 7, 9)
    assert previews.read_or_draw(store, "0002_990101n_j0010009.fits.png") is None


def test_each_message_has_a_pack_of_its_own(store: BatchStore) -> None:
    """A stored image wanted often comes in several messages, which may run at once."""
    deliver(store, wanted("j", SMALL, row=1))
    deliver(store, wanted("j", SMALL, row=2))
    assert len(list(store.list(keys.crop_pack("990101n_j0010009")))) == 2
    for row in (1, 2):
        assert previews.read_or_draw(store, f"{row:04d}_990101n_j0010009.fits.png")
    assert not list(store.list(keys.PREVIEWS))


def test_others_are_drawn_when_asked_and_kept(store: BatchStore) -> None:
    deliver(store, wanted("j", LARGE))
    drawn = previews.read_or_draw(store, "0001_990101n_j0010009.fits.png")
    assert size(drawn) == ("L", 166, 333)
    assert store.read(keys.preview("0001_990101n_j0010009.fits.png")) == drawn


def test_three_bands_are_one_colour_picture(store: BatchStore) -> None:
    for band in "jhk":
        deliver(store, wanted(band, SMALL))
    names = previews.colour_names(stored.name for stored in store.list(keys.IMAGES))
    assert set(names.values()) == {"0001_990101n_jhk0010009.fits.png"}
    assert len(names) == 3
    assert size(previews.read_or_draw(store, "0001_990101n_jhk0010009.fits.png")) == ("RGB", 60, 50)


def test_two_bands_are_none(store: BatchStore) -> None:
    for band in "jk":
        deliver(store, wanted(band, SMALL))
    assert previews.colour_names(stored.name for stored in store.list(keys.IMAGES)) == {}
    assert previews.read_or_draw(store, "0001_990101n_jhk0010009.fits.png") is None


def test_names_that_look_like_others_do_not_mix() -> None:
    """An id may itself look like the end of a file name."""
    files = [f"0001_990101n_{i}0010009_990102n_{b}0020009.fits" for i in "jh" for b in "jhk"]
    names = previews.colour_names(files)
    assert len(set(names.values())) == 2
    assert all(name.count("jhk") == 1 for name in names.values())
    assert previews.colour_names(["a.fits", "990101n_j0010009_ql.fits", "990101n_h0010009.fits"]) == {}


@pytest.mark.parametrize("name", ["nothing.fits.png", "0001_990101n_j0010009.fits", ".png", "x.gif"])
def test_there_is_no_preview_of_what_is_not_there(store: BatchStore, name: str) -> None:
    deliver(store, wanted("j", LARGE))
    assert previews.read_or_draw(store, name) is None
    assert list(store.list(keys.PREVIEWS)) == []


def test_compressed_quicklooks_are_shown_too(store: BatchStore) -> None:
    store.write(
        keys.image("990101n_j0010009_ql.fits.H"), quicklook.compress_quicklook(make_image(nx=64, ny=80))
    )
    assert size(previews.read_or_draw(store, "990101n_j0010009_ql.fits.H.png")) == ("L", 64, 80)


def test_an_image_of_pixels_far_from_square_has_no_preview(store: BatchStore) -> None:
    name = "0001_990101n_j0010009.fits"
    store.write(keys.image(name), make_image(nx=64, ny=80, rotation=30.0, cards={"CDELT1": 1e-11}))
    assert previews.read_or_draw(store, f"{name}.png") is None


def test_what_cannot_be_drawn_is_no_error(store: BatchStore) -> None:
    for name in ("a.fits", "b.fits.H"):
        store.write(keys.image(name), b"SIMPLE  = not at all")
        assert previews.read_or_draw(store, f"{name}.png") is None


def test_an_image_does_not_fail_for_its_preview(
    store: BatchStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: bytes) -> bytes:
        raise MemoryError("no room to draw in")

    monkeypatch.setattr("skybatch.imaging.preview.grey_preview", broken)
    deliver(store, wanted("j", SMALL))
    assert store.exists(keys.image("0001_990101n_j0010009.fits"))
    assert not list(store.list(keys.FAILURES))
    assert "previews of 1 crops were not made" in caplog.text
