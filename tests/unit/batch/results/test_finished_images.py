"""The images of an ended batch as its page lists them."""

from __future__ import annotations

from obstore.store import MemoryStore

from skybatch.batch.record import BatchRecord, load_record
from skybatch.batch.results.finished_images import finished_images
from skybatch.batch.store import BatchStore
from tests.support.batches.batch_fakes import BATCH_ID
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import MadeArchive

KEYS = "coadd_key,band\n1001,A\n1002,J\n"


def test_an_image_of_three_bands_has_a_colour_picture(archive: MadeArchive) -> None:
    service = Service(archive)
    accepted = service.submit(mode="coadd_keys", table=KEYS)
    service.run(accepted)
    images = finished_images(service.store(accepted.record.batch_id), accepted.record, limit=10)
    assert [(image["band"], bool(image["colour"])) for image in images] == [
        *(("h", True), ("j", True), ("k", True)),
        ("j", False),
    ]
    for image in images:
        assert image["url"] == accepted.record.image_url(image["file"])
        assert image["preview"] == accepted.record.preview_url(f"{image['file']}.png")


def test_an_image_that_is_missing_has_a_reason_and_no_addresses(archive: MadeArchive) -> None:
    service = Service(archive, max_batch_bytes=1000)
    accepted = service.submit(mode="coadd_keys", table=KEYS)
    service.run(accepted)
    for image in finished_images(service.store(accepted.record.batch_id), accepted.record, limit=10):
        assert (image["status"], image["bytes"]) == ("failed", None)
        assert image["reason"]
        assert not any(image[name] for name in ("url", "preview", "colour"))


def test_only_the_first_images_are_listed(archive: MadeArchive) -> None:
    service = Service(archive)
    accepted = service.submit(mode="coadd_keys", table=KEYS)
    service.run(accepted)
    store = service.store(accepted.record.batch_id)
    assert len(finished_images(store, load_record(store), limit=2)) == 2


def test_a_batch_that_failed_before_its_outcomes_has_no_images() -> None:
    record = BatchRecord(BATCH_ID, 0.0, 1.0, "https://sky.example", None, 10**9)
    assert finished_images(BatchStore(MemoryStore(), BATCH_ID), record, limit=10) == []
