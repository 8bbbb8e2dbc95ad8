"""How many requests a batch takes: tens for thousands of crops, and few bytes through the collector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from obstore.store import ObjectStore

from skybatch.batch.delivery.single_images import bundle_key
from skybatch.batch.execution.image_files import MadeFile
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.execution.worker import Worker
from skybatch.batch.plan import Task
from skybatch.batch.record import BatchRecord, save_record
from skybatch.batch.results.packager import package
from skybatch.batch.store import BatchStore
from skybatch.bundles.bundle_format import FailedTask
from skybatch.bundles.s3_assembler import S3Assembler
from skybatch.fits.pixel_box import PixelBox
from skybatch.presentation.texts_for_people import texts_for_people
from tests.support.aws.fake_s3 import BUCKET, FakeS3, fake_s3
from tests.support.batches.batch_fakes import BATCH_ID, FakeBatch, task
from tests.support.batches.batch_samples import positions_request
from tests.support.survey.sample_archive import MadeArchive

CROPS, IMAGES = 2500, 250
CROP_BYTES = 23_040
MOST_WRITES = 60
SETS = 3
BUNDLES_A_TALLY = 4
"""Bundles that end from one look to the next: workers run side by side."""


@dataclass
class Ran:
    """A batch that was run: its server, and what packaging asked of it."""

    s3: FakeS3
    batch: FakeBatch
    packaging: list[str]


def crops(
    archive: ObjectStore, tasks: Sequence[Task], *, previews: bool = True
) -> list[MadeFile | FailedTask]:
    return [MadeFile(each, each.index.to_bytes(4) * (CROP_BYTES // 4), b"preview" * 200) for each in tasks]


@pytest.fixture(scope="module")
def ran() -> Iterator[Ran]:
    archive = MadeArchive(centres=[(180.0 + n, 20.0) for n in range(SETS)])
    tasks = [
        task(
            n, CROP_BYTES, source=f"{n % IMAGES}.fits.gz", box=PixelBox(0, 0, 50, 50), set_index=n % SETS,
            stored_bytes=1_500_000,
        )
        for n in range(CROPS)
    ]  # fmt: skip
    with fake_s3() as s3:
        store = BatchStore(s3.store(), BATCH_ID)
        version = archive.open("asky", None).version
        batch = FakeBatch(tasks, store=store, window=200, worker_seconds=30, version=version)
        save_record(
            store,
            BatchRecord(BATCH_ID, 0.0, 1e9, "https://sky.example", None, 10**9),
            positions_request(CROPS),
        )
        worker = Worker(s3.store(), TaskQueue(lambda: batch.sqs, "queue"), lambda *_: True, make=crops)
        for number, message in enumerate(batch.dispatch()):
            worker.process(message, store)
            if number % BUNDLES_A_TALLY == 0:
                assert batch.tally().step == "wait"
        assert batch.tally().step == "package"
        before = len(s3.seen)
        assembler = S3Assembler(store.objects, bundle_key(store), s3.client, BUCKET)
        package(store, batch.plan, archive.open, texts_for_people, assembler, 1.0)
        yield Ran(s3, batch, s3.seen[before:])


def test_thousands_of_crops_take_tens_of_writes(ran: Ran) -> None:
    """PUT, POST, part uploads and copies, and calls to the queue."""
    writes = ran.s3.count("PUT") + ran.s3.count("POST") + len(ran.batch.sqs.calls)
    assert writes <= MOST_WRITES


def test_hardly_a_byte_of_an_image_passes_through_the_collector(ran: Ran) -> None:
    """Each bundle is a part that S3 copies, but a short last one, which is read; one part has the tables."""
    reads = [line for line in ran.packaging if line.startswith("GET") and "/bundles/" in line]
    parts = [line for line in ran.packaging if line.startswith("PUT") and "partNumber" in line]
    assert len(reads) <= 1
    assert len(parts) + len(reads) == len(ran.batch.sent) + 1
