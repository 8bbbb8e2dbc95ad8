"""What is known of a batch once its outcomes are final."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.batch.codes import ImageStatus
from skybatch.batch.outcomes import ImageOutcome
from skybatch.batch.plan import Plan
from skybatch.batch.record import BatchRecord
from skybatch.batch.results.batch_results import BatchResults
from skybatch.bundles.place import Place
from skybatch.inventory.inventory import Inventory
from tests.support.batches import batch_samples
from tests.support.batches.batch_fakes import BATCH_ID, task
from tests.support.survey.sample_archive import MadeArchive

STATUSES = [ImageStatus.RETRIEVED, ImageStatus.FAILED, ImageStatus.RETRIEVED, ImageStatus.OVER_LIMIT]


@pytest.fixture
def results() -> BatchResults:
    tasks = tuple(task(n, set_index=n % 3) for n in range(len(STATUSES)))
    places = [Place("b", "e", 512 * n, 512 * n + 512, 10 + n, f"md5 of {n}", n) for n in range(len(STATUSES))]
    outcomes = [
        ImageOutcome(n, status, 10 + n, place=places[n] if status is ImageStatus.RETRIEVED else None)
        for n, status in enumerate(STATUSES)
    ]
    return BatchResults(
        BatchRecord(BATCH_ID, 0.0, 1.0, "https://sky.example", None, 10**9),
        batch_samples.positions_request(len(STATUSES)),
        Plan(tasks, {"asky": "v"}, {}, 10**9),
        outcomes,
        [],
        order=[2, 3, 0, 1],
    )


def test_retrieved_images_are_in_plan_order(results: BatchResults) -> None:
    assert [(each.index, outcome.bytes) for each, outcome in results.retrieved] == [(0, 10), (2, 12)]


def test_archived_images_are_in_the_order_of_the_archive(results: BatchResults) -> None:
    assert [(each.index, place.md5) for each, _, place in results.archived] == [
        (2, "md5 of 2"),
        (0, "md5 of 0"),
    ]


def test_every_status_is_counted(results: BatchResults) -> None:
    assert results.counts() == {
        ImageStatus.RETRIEVED: 2,
        ImageStatus.OVER_LIMIT: 1,
        ImageStatus.FAILED: 1,
        ImageStatus.CANCELLED: 0,
    }


def test_checksums_are_of_delivered_images_alone(results: BatchResults) -> None:
    files = [f"images/{results.plan.tasks[n].file}" for n in (0, 2)]
    assert results.checksums() == dict(zip(files, ["md5 of 0", "md5 of 2"], strict=True))


def test_image_sets_are_read_once_each_from_the_version_of_the_plan(results: BatchResults) -> None:
    archive = MadeArchive()
    opened: list[tuple[str, str | None]] = []

    def open_inventory(dataset: str, version: str | None) -> Inventory:
        opened.append((dataset, version))
        return archive.open(dataset, None)

    image_sets = results.image_sets(open_inventory)
    assert opened == [("asky", "v")]
    expected = archive.open("asky", None).details(np.arange(3))
    assert image_sets["asky"].coadd_key.tolist() == expected.coadd_key.tolist()
