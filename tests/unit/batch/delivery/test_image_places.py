"""Where images lie: in the journal while a batch runs, in one object after its end, then in memory."""

from __future__ import annotations

import pytest

from skybatch.batch import keys
from skybatch.batch.delivery.image_places import (
    BATCHES_REMEMBERED,
    ImagePlace,
    ImagePlaces,
    load_places,
    save_places,
)
from skybatch.batch.store import BatchStore
from skybatch.bundles.place import Place
from skybatch.bundles.spans import Span
from tests.support.batches.batch_fakes import FakeBatch, task

PLACE = Place("000000-abc", '"e"', 0, 512, 700, "0" * 32, 7, preview=(9000, 40))
OTHER = Place("000500-def", '"f"', 5120, 5632, 12, "1" * 32, 8)


def test_places_are_read_as_they_were_written_in_a_hundred_bytes_each() -> None:
    store = FakeBatch([task(0)]).store
    files = {f"{n:04d}_target_990101n_j0010009.fits": PLACE if n % 2 else OTHER for n in range(1000)}
    save_places(store, files.items())
    assert load_places(store) == {file: ImagePlace.of(place) for file, place in files.items()}
    assert len(store.read(keys.PLACES) or b"") < 110 * len(files)


def test_ranges_of_image_and_preview() -> None:
    place = ImagePlace.of(PLACE)
    assert place.span == Span("000000-abc", '"e"', 512, 1212)
    assert place.preview_span == Span("000000-abc", '"e"', 9000, 9040)
    assert ImagePlace.of(OTHER).preview_span is None


class Counted(BatchStore):
    """Counts the objects that are read."""

    def __init__(self, store: BatchStore) -> None:
        super().__init__(store.objects, store.batch_id)
        self.reads: list[str] = []

    def read(self, name: str) -> bytes | None:
        self.reads.append(name)
        return super().read(name)


@pytest.fixture
def running() -> FakeBatch:
    batch = FakeBatch([task(n) for n in range(3)])
    batch.dispatch()
    return batch


def test_an_image_of_a_running_batch_is_found_once_it_is_journaled(running: FakeBatch) -> None:
    places, file = ImagePlaces(), running.plan.tasks[1].file
    running.deliver(running.plan.tasks[1])
    assert places.find(running.store, file) is None
    running.tally()
    found = places.find(running.store, file)
    assert found
    assert found.length == 100


def test_parts_of_the_journal_are_read_once(running: FakeBatch) -> None:
    places, store = ImagePlaces(), Counted(running.store)
    for each in running.plan.tasks:
        running.deliver(each)
        running.tally()
        assert places.find(store, each.file)
    assert store.reads.count(keys.journal_part(0)) == 1
    before = len(store.reads)
    assert places.find(store, running.plan.tasks[0].file)
    assert len(store.reads) == before


def test_places_of_an_ended_batch_are_read_once(running: FakeBatch) -> None:
    save_places(running.store, [("a.fits", PLACE)])
    places, store = ImagePlaces(), Counted(running.store)
    for _ in range(3):
        assert places.find(store, "a.fits") == ImagePlace.of(PLACE)
        assert places.find(store, "b.fits") is None
    assert store.reads == [keys.PLACES]


def test_only_the_last_batches_are_remembered(running: FakeBatch) -> None:
    places = ImagePlaces()
    stores = [BatchStore(running.store.objects, f"{n:032x}") for n in range(BATCHES_REMEMBERED + 1)]
    for store in stores:
        save_places(store, [("a.fits", PLACE)])
        assert places.find(store, "a.fits")
    first = Counted(stores[0])
    assert places.find(first, "a.fits")
    assert first.reads == [keys.PLACES]


def test_a_batch_that_kept_each_image_by_itself_has_no_places(running: FakeBatch) -> None:
    running.store.write(keys.image("a.fits"), b"content")
    assert ImagePlaces().find(running.store, "a.fits") is None
