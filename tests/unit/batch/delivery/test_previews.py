"""Previews: drawn with the crops, on demand for the rest, in colour where three bands came."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.delivery import previews
from skybatch.batch.delivery.image_places import ImagePlaces
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.execution.worker import Worker
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.errors import SourceDamaged, SourceDiffers, SourceUnsupported
from skybatch.fits.pixel_box import PixelBox
from skybatch.imaging import quicklook
from tests.support.batches.batch_fakes import BATCH_ID, FakeBatch, task
from tests.support.images.fits_files import gzipped, make_image

image_module = pytest.importorskip("PIL.Image", reason="no Pillow to read the pictures with")

SOURCE = "twomass/allsky/allsky/990101n/s001/image/{band}i0010009.fits.gz"
SMALL, LARGE = PixelBox(100, 100, 60, 50), PixelBox(0, 0, 500, 1000)


@pytest.fixture
def store() -> BatchStore:
    return BatchStore(MemoryStore(), BATCH_ID)


def wanted(band: str, box: PixelBox, row: int = 1) -> Task:
    file = f"{row:04d}_990101n_{band}0010009.fits"
    size = 4 * box.width * box.height
    return task(row - 1, size, file=file, band=band, box=box, source=SOURCE.format(band=band))


def deliver(store: BatchStore, *tasks: Task) -> None:
    """A batch of these tasks, worked and tallied."""
    objects = MemoryStore()
    for each in tasks:
        objects.put(each.source, gzipped(make_image(seed=ord(each.band))))
    numbered = [replace(each, index=n) for n, each in enumerate(tasks)]
    batch = FakeBatch(numbered, store=store, worker_seconds=30)
    worker = Worker(objects, TaskQueue(lambda: batch.sqs, "queue"), create_large=lambda *_: True)
    for message in batch.dispatch():
        worker.process(message, store)
    batch.tally()


def preview(store: BatchStore, name: str) -> bytes | None:
    return previews.read_or_draw(store, ImagePlaces(), name)


def size(picture: bytes | None) -> tuple[Any, ...]:
    assert picture is not None
    with image_module.open(io.BytesIO(picture)) as read:
        return (read.mode, *read.size)


def test_small_crops_come_with_their_preview_in_their_bundle(store: BatchStore) -> None:
    deliver(store, wanted("j", SMALL), wanted("j", LARGE, row=2), wanted("j", PixelBox(3, 4, 7, 9), row=3))
    assert size(preview(store, "0001_990101n_j0010009.fits.png")) == ("L", 60, 50)
    assert size(preview(store, "0003_990101n_j0010009.fits.png")) == ("RGB", 7, 9)
    assert not list(store.list(keys.PREVIEWS))


def test_others_are_drawn_when_asked_and_kept(store: BatchStore) -> None:
    deliver(store, wanted("j", LARGE))
    drawn = preview(store, "0001_990101n_j0010009.fits.png")
    assert size(drawn) == ("RGB", 125, 250)
    assert store.read(keys.preview("0001_990101n_j0010009.fits.png")) == drawn


def test_three_bands_are_one_colour_picture(store: BatchStore) -> None:
    tasks = [wanted(band, SMALL) for band in "jhk"]
    deliver(store, *tasks)
    names = previews.colour_names(tasks)
    assert set(names.values()) == {"0001_990101n_jhk0010009.fits.png"}
    assert len(names) == 3
    assert size(preview(store, "0001_990101n_jhk0010009.fits.png")) == ("RGB", 60, 50)


def test_two_bands_are_none(store: BatchStore) -> None:
    tasks = [wanted(band, SMALL) for band in "jk"]
    deliver(store, *tasks)
    assert previews.colour_names(tasks) == {}
    assert preview(store, "0001_990101n_jhk0010009.fits.png") is None


def test_no_band_is_read_behind_one_that_is_missing(
    store: BatchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(store, wanted("j", LARGE), wanted("h", LARGE))
    read: list[str] = []

    def reading(store: BatchStore, places: ImagePlaces, file: str) -> bytes | None:
        read.append(file)
        return plain(store, places, file)

    plain = previews._plain
    monkeypatch.setattr(previews, "_plain", reading)
    assert preview(store, "0001_990101n_jhk0010009.fits.png") is None
    assert read == ["0001_990101n_jhk0010009.fits", "0001_990101n_k0010009.fits"]


def test_names_that_look_like_others_do_not_mix() -> None:
    """An id may itself look like the end of a file name."""
    tasks = [
        replace(wanted(b, SMALL, row), file=f"0001_990101n_{i}0010009_990102n_{b}0020009.fits")
        for row, i in ((1, "j"), (2, "h"))
        for b in "jhk"
    ]
    names = previews.colour_names(tasks)
    assert len(set(names.values())) == 2
    assert all(name.count("jhk") == 1 for name in names.values())


def test_large_images_have_no_preview(store: BatchStore, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [wanted(band, LARGE) for band in "jhk"]
    deliver(store, *tasks)
    monkeypatch.setattr(previews, "MOST_BYTES", 100_000)
    for name in (tasks[0].file, "0001_990101n_jhk0010009.fits"):
        with pytest.raises(SourceUnsupported, match="over 20 MB"):
            preview(store, f"{name}.png")
    assert previews.colour_names(tasks) == {}


@pytest.mark.parametrize("name", ["nothing.fits.png", "0001_990101n_j0010009.fits", ".png", "x.gif"])
def test_there_is_no_preview_of_what_is_not_there(store: BatchStore, name: str) -> None:
    deliver(store, wanted("j", LARGE))
    assert preview(store, name) is None
    assert list(store.list(keys.PREVIEWS)) == []


def test_compressed_quicklooks_are_shown_too(store: BatchStore) -> None:
    store.write(
        keys.image("990101n_j0010009_ql.fits.H"), quicklook.compress_quicklook(make_image(nx=64, ny=80))
    )
    assert size(preview(store, "990101n_j0010009_ql.fits.H.png")) == ("RGB", 64, 80)


def test_an_image_of_pixels_far_from_square_has_no_preview_and_a_reason(store: BatchStore) -> None:
    name = "0001_990101n_j0010009.fits"
    store.write(keys.image(name), make_image(nx=64, ny=80, rotation=30.0, cards={"CDELT1": 1e-11}))
    with pytest.raises(SourceUnsupported, match="sides of a pixel"):
        preview(store, f"{name}.png")


@pytest.mark.parametrize("name", ["a.fits", "b.fits.fz", "c_ql.fits.H"])
def test_what_cannot_be_drawn_has_a_reason(store: BatchStore, name: str) -> None:
    store.write(keys.image(name), b"SIMPLE  = not at all")
    with pytest.raises(SourceDamaged):
        preview(store, f"{name}.png")


def test_bands_of_unlike_sizes_are_no_colour_and_say_so(store: BatchStore) -> None:
    for band, nx in zip("jhk", (64, 64, 60), strict=True):
        store.write(keys.image(f"990101n_{band}0010009.fits"), make_image(nx=nx, ny=80))
    with pytest.raises(SourceDiffers, match="unlike sizes, "):
        preview(store, "990101n_jhk0010009.fits.png")


def test_previews_of_batches_that_kept_images_by_themselves_are_drawn_too(store: BatchStore) -> None:
    store.write(keys.image("990101n_j0010009.fits"), make_image(nx=64, ny=80))
    assert size(preview(store, "990101n_j0010009.fits.png")) == ("RGB", 64, 80)
