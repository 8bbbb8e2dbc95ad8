"""The worker: one object a message, written once; what cannot be done now goes back image by image."""

from __future__ import annotations

import gzip
import io
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import obstore
import pytest
from astropy.io import fits
from obstore.store import MemoryStore, ObjectStore

from skybatch.batch import keys
from skybatch.batch.execution import worker as worker_module
from skybatch.batch.execution.bundle_accounts import BundleReader
from skybatch.batch.execution.image_files import MadeFile, make_files
from skybatch.batch.execution.ordered_calls import OutOfTime
from skybatch.batch.execution.stretches import load_stretches
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.execution.worker import Worker, held_bytes
from skybatch.batch.message import Message
from skybatch.batch.plan import Task
from skybatch.bundles.bundle_format import FailedTask
from skybatch.errors import SourceForbidden
from skybatch.fits.pixel_box import PixelBox
from tests.support.batches.batch_fakes import FakeBatch, Sqs, task
from tests.support.images.fits_files import gzipped, make_image

IMAGES = [make_image(180.0, 20.0, seed=seed) for seed in range(3)]
SOURCES = [f"twomass/allsky/allsky/990101n/s001/image/ji{n:07d}.fits.gz" for n in range(3)]
BOX = PixelBox(100, 200, 30, 40)
TASKS = [task(n, source=SOURCES[n // 2], box=BOX, size=2880 * 4) for n in range(6)]


class Bench:
    """A batch of one bundle of six crops of three stored images, its worker and its queue."""

    def __init__(self, **options: Any) -> None:
        self.archive, self.sqs = MemoryStore(), Sqs()
        for source, image in zip(SOURCES, IMAGES, strict=True):
            obstore.put(self.archive, source, gzipped(image))
        self.batch = FakeBatch(TASKS, worker_seconds=30)
        (self.message,) = self.batch.dispatch()
        (self.bundle,) = load_stretches(self.batch.store)[0].bundles
        self.large: list[tuple[str, int]] = []
        queue = TaskQueue(lambda: self.sqs, "queue")
        self.worker = Worker(self.archive, queue, self.create_large, **options)

    def create_large(self, key: str, pieces: Sequence[bytes]) -> bool:
        self.large.append((key, sum(map(len, pieces))))
        return True

    def work(self, message: Message | None = None, deliveries: int = 1) -> worker_module.WorkDone:
        return self.worker.process(message or self.message, self.batch.store, deliveries)

    def sent(self) -> list[Message]:
        import json

        bodies = [json.loads(entry["MessageBody"]) for call in self.sqs.calls for entry in call]
        return [Message.from_json(body) for body in bodies]

    def objects(self) -> list[str]:
        return [stored.name for stored in self.batch.store.list(keys.BUNDLES)]

    def account(self) -> tuple[list[int], list[tuple[int, str]]]:
        """Numbers of the tasks that came, and those that failed with their codes."""
        bundles = BundleReader(self.batch.store, self.batch.plan, load_stretches(self.batch.store))
        accounts = list(bundles.read(bundles.listed()))
        came = [number for account in accounts for number in account.places]
        return came, [(failed.number, failed.code) for account in accounts for failed in account.failures]

    def files(self) -> dict[int, bytes]:
        bundles = BundleReader(self.batch.store, self.batch.plan, load_stretches(self.batch.store))
        found = {}
        for account in bundles.read(bundles.listed()):
            body = self.batch.store.read(keys.bundle(account.name)) or b""
            for number, place in account.places.items():
                found[number] = body[place.offset : place.offset + place.length]
        return found


def failing(source: str, error: BaseException) -> Callable[..., list[MadeFile | FailedTask]]:
    """Make files as the worker does, but for one stored image (or all, for ""), which raises."""

    def make(
        archive: ObjectStore, tasks: Sequence[Task], *, previews: bool = True
    ) -> list[MadeFile | FailedTask]:
        if source in (tasks[0].source, ""):
            raise error
        return make_files(archive, tasks, previews=previews)

    return make


def test_a_message_becomes_one_object_with_all_crops() -> None:
    bench = Bench()
    done = bench.work()
    assert (done.bundle, done.files, done.failures, done.sent_back) == (bench.bundle.name, 6, 0, 0)
    assert bench.objects() == [bench.bundle.name]
    for number, body in bench.files().items():
        parent = fits.open(io.BytesIO(IMAGES[number // 2]))[0].data
        data = fits.open(io.BytesIO(body))[0].data
        assert data.tobytes() == parent[200:240, 100:130].tobytes()
    assert list(bench.files()) == list(bench.bundle.tasks)


def test_a_bad_stored_image_is_told_and_takes_no_other_along() -> None:
    bench = Bench()
    obstore.put(bench.archive, SOURCES[1], gzip.compress(b"hello"))
    bench.work()
    assert bench.account() == ([0, 1, 4, 5], [(2, "source_damaged"), (3, "source_damaged")])


def test_a_store_that_does_not_answer_for_one_image_sends_that_back_alone() -> None:
    bench = Bench(make=failing(SOURCES[1], ConnectionError("503")))
    assert bench.work().sent_back == 1
    (message,) = bench.sent()
    assert (message.source, message.attempt, message.again) == (1, 1, True)
    assert bench.account() == ([0, 1, 4, 5], [])
    bench.worker = replace(bench.worker, make=make_files)
    bench.work(message)
    assert bench.account() == ([0, 1, 4, 5, 2, 3], [])
    assert bench.objects() == [bench.bundle.name, bench.bundle.piece_name(1, 1)]


def test_nothing_done_is_left_to_the_queue() -> None:
    bench = Bench()
    bench.worker = replace(bench.worker, make=failing("", ConnectionError("503")))
    with pytest.raises(ConnectionError):
        bench.work()
    assert (bench.objects(), bench.sent()) == ([], [])


def test_a_slow_image_sinks_nobody() -> None:
    """At three fifths of its time the worker writes what is done, and sends the rest back."""
    hanging, first_done, now = threading.Event(), threading.Event(), [0.0]

    def make(
        archive: ObjectStore, tasks: Sequence[Task], *, previews: bool = True
    ) -> list[MadeFile | FailedTask]:
        if tasks[0].source == SOURCES[1]:
            first_done.wait(20)
            time.sleep(0.2)  # until its result is there too
            now[0] = 19.0
            hanging.wait(20)
        made = make_files(archive, tasks, previews=previews)
        if tasks[0].source == SOURCES[0]:
            first_done.set()
        return made

    bench = Bench(make=make, seconds=30, clock=lambda: now[0])
    done = bench.work()
    hanging.set()
    assert done.sent_back >= 1
    assert {message.source for message in bench.sent()} >= {1}
    came, failed = bench.account()
    assert not failed
    assert 2 not in came
    assert bench.objects() == [bench.bundle.name]


def test_time_spent_before_counts() -> None:
    """A cold start, say."""
    bench = Bench(seconds=30, clock=lambda: 100.0)
    with pytest.raises(OutOfTime):
        bench.worker.process(bench.message, bench.batch.store, seconds_left=11.0)
    assert bench.worker.process(bench.message, bench.batch.store, seconds_left=13.0).files == 6


def test_one_image_alone_has_all_the_time_there_is() -> None:
    times = iter([0.0, *([25.0] * 50)])
    bench = Bench(seconds=30, clock=lambda: next(times))
    assert bench.work(bench.message.of_source(1, 1)).files == 2


def test_a_bundle_received_again_is_not_worked_on_but_sent_image_by_image() -> None:
    """Whoever had it before died of one of its images, perhaps."""
    bench = Bench()
    assert bench.work(deliveries=2).sent_back == 3
    assert [(m.source, m.attempt, m.again) for m in bench.sent()] == [(n, 1, True) for n in range(3)]
    assert bench.objects() == []
    for message in bench.sent():
        bench.work(message)
    assert sorted(bench.account()[0]) == list(range(6))


@pytest.mark.parametrize("there", ["object", "outcomes"])
def test_what_is_there_or_over_is_not_done_again(there: str) -> None:
    bench = Bench()
    if there == "object":
        bench.work()
    else:
        bench.batch.store.create_json(keys.OUTCOMES, {})
    before = bench.objects()
    bench.worker = replace(bench.worker, make=failing(SOURCES[0], AssertionError("read again")))
    assert bench.work(deliveries=2).files == 0
    assert bench.work(replace(bench.message, again=True)).files == 0
    assert (bench.objects(), bench.sent()) == (before, [])


def test_the_first_of_two_workers_wins() -> None:
    bench = Bench()
    bench.work()
    first = bench.batch.store.read(keys.bundle(bench.bundle.name))
    for source in SOURCES:
        obstore.put(bench.archive, source, gzipped(make_image(180.0, 20.0, seed=9)))
    bench.work()
    assert bench.batch.store.read(keys.bundle(bench.bundle.name)) == first


def test_nothing_is_done_for_a_cancelled_batch() -> None:
    bench = Bench()
    bench.batch.store.create_json(keys.CANCELLATION, {})
    assert bench.work().files == 0
    assert bench.objects() == []


def test_an_object_too_large_for_one_put_goes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "LARGEST_PUT_BYTES", 10_000)
    bench = Bench()
    bench.work()
    ((key, size),) = bench.large
    assert key.endswith(f"/bundles/{bench.bundle.name}")
    assert size > 10_000


def test_memory_is_counted_by_the_form_of_the_stored_image() -> None:
    gz = task(0, size=10_000, source="a.fits.gz", stored_bytes=1_000_000)
    plain = task(0, size=10_000, source="a.fits", stored_bytes=1_000_000)
    tiled = task(0, size=10_000, source="a.fits.fz", stored_bytes=1_000_000, tiles=(1_000_000, 30_000))
    assert held_bytes([gz]) >= 5_000_000
    assert held_bytes([plain]) == held_bytes([tiled]) == 30_000


def test_images_that_a_bucket_refuses_are_counted_when_they_are_sent_back() -> None:
    bench = Bench(make=failing(SOURCES[1], SourceForbidden("refused")))
    done = bench.work()
    assert (done.files, done.sent_back, done.forbidden) == (4, 1, 1)
