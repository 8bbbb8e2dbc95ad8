"""Messages of what is outstanding; what fails is taken apart, tried alone, and given up with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.batch import keys
from skybatch.batch.execution.giving_up import read_given_up
from skybatch.batch.file_names import archive_path, delivered_path
from skybatch.batch.message import Message
from skybatch.batch.plan import Plan, Task, save_plan
from skybatch.bundles.bundle_writer import BundleWriter
from skybatch.standalone.batch_directory import BatchDirectory
from skybatch.standalone.bundle_queue import STRETCH_TASKS, BundleQueue, stretches_of
from skybatch.standalone.worker_processes import WorkerDied
from tests.support.batches.batch_fakes import BATCH_ID, task


@pytest.fixture
def store(tmp_path: Path) -> BatchDirectory:
    return BatchDirectory(tmp_path, BATCH_ID)


def queue_of(store: BatchDirectory, tasks: list[Task]) -> BundleQueue:
    plan = Plan(tuple(tasks), {"asky": "v1"}, {}, 10**12)
    save_plan(store, plan)
    return BundleQueue(store, plan)


def all_messages(queue: BundleQueue) -> list[Message]:
    return list(iter(queue.next_message, None))


def write_bundle(store: BatchDirectory, name: str, tasks: list[Task]) -> None:
    writer = BundleWriter()
    for each in tasks:
        writer.add_file(each.index, archive_path(BATCH_ID, delivered_path(each.file)), bytes(each.bytes))
    store.create_of_pieces(keys.bundle(name), writer.pieces())


TASKS = [task(n, source=f"{n // 2}.fits.gz") for n in range(8)]


def test_a_long_plan_is_packed_in_stretches_and_read_again_as_it_was(store: BatchDirectory) -> None:
    tasks = [task(n, size=1_000_000) for n in range(STRETCH_TASKS + 5)]
    plan = Plan(tuple(tasks), {"asky": "v1"}, {}, 10**12)
    first = list(stretches_of(store, plan))
    assert [(stretch.start, stretch.stop) for stretch in first] == [
        (0, STRETCH_TASKS),
        (STRETCH_TASKS, STRETCH_TASKS + 5),
    ]
    assert list(stretches_of(store, plan)) == first
    packed = [number for stretch in first for bundle in stretch.bundles for number in bundle.tasks]
    assert sorted(packed) == list(range(len(tasks)))


def test_what_a_sound_bundle_holds_is_not_made_again(store: BatchDirectory) -> None:
    queue = queue_of(store, TASKS)
    (message,) = all_messages(queue)
    assert message.source is None
    (stretch,) = stretches_of(store, queue.plan)
    write_bundle(store, stretch.bundles[0].name, TASKS[:4])  # an index need not cover its whole bundle
    again = BundleQueue(store, queue.plan)
    assert [each.source for each in all_messages(again)] == [2, 3]
    assert again.done == 4


def test_an_unsound_bundle_is_removed_and_made_again(store: BatchDirectory) -> None:
    queue = queue_of(store, TASKS)
    (message,) = all_messages(queue)
    (stretch,) = stretches_of(store, queue.plan)
    store.create(keys.bundle(stretch.bundles[0].name), b"no bundle")
    again = BundleQueue(store, queue.plan)
    assert all_messages(again) == [message]
    assert not store.exists(keys.bundle(stretch.bundles[0].name))


def test_a_bundle_that_fails_is_taken_apart_and_each_image_has_two_attempts(store: BatchDirectory) -> None:
    queue = queue_of(store, TASKS)
    (message,) = all_messages(queue)
    queue.retry(message, WorkerDied("exit code -9"))
    alone = all_messages(queue)
    assert [(each.source, each.attempt) for each in alone] == [(0, 1), (1, 1), (2, 1), (3, 1)]
    queue.retry(alone[1], OSError("the disk did not answer"))
    (second,) = all_messages(queue)
    assert (second.source, second.attempt) == (1, 2)
    queue.retry(second, OSError("the disk did not answer"))
    assert all_messages(queue) == []
    assert queue.failed == 2
    assert {failed.number: failed.code for failed in read_given_up(store)} == {2: "gave_up", 3: "gave_up"}
    assert "the disk did not answer" in next(read_given_up(store)).reason


def test_what_was_given_up_stays_so_when_a_run_goes_on(store: BatchDirectory) -> None:
    queue = queue_of(store, TASKS[:2])
    message = queue.next_message()
    while message is not None:
        queue.retry(message, WorkerDied("exit code -9"))
        message = queue.next_message()
    again = BundleQueue(store, queue.plan)
    assert (all_messages(again), again.failed) == ([], 2)


def test_images_that_are_refused_count_as_failed(store: BatchDirectory) -> None:
    queue = queue_of(store, [task(0, refusal="too large", refusal_code="too_large"), task(1)])
    assert len(all_messages(queue)) == 1
    assert queue.failed == 1
