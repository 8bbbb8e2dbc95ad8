"""Batches of one caller deliver so many images a day; what is beyond is refused when it is planned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skybatch.batch.submission.submit import AcceptedBatch
from skybatch.status import BatchStatus
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import MadeArchive

CALLER = "192.0.2.7"


def run(service: Service, caller: str = CALLER, **fields: object) -> tuple[AcceptedBatch, BatchStatus]:
    """A batch of the three images at one place."""
    service.submitter = replace(service.submitter, caller=caller)
    wanted = {"mode": "region", "center": "180 20", "diameter": 0.01, "relation": "cover", **fields}
    accepted = service.submit(**wanted)
    return accepted, service.run(accepted)


@pytest.fixture
def images(archive: MadeArchive) -> int:
    """How many images such a batch delivers."""
    _, status = run(Service(archive))
    assert status.images.retrieved
    return status.images.retrieved


def test_a_batch_beyond_the_days_images_fails_and_says_why(archive: MadeArchive, images: int) -> None:
    service = Service(archive, max_daily_images_from_caller=2 * images)
    assert [run(service)[1].state for _ in range(3)] == ["complete", "complete", "failed"]
    accepted, status = run(service)
    assert f"{2 * images:,} images" in (status.reason or "")
    assert "network address" in (status.reason or "")
    assert accepted.record.image_account.startswith("usage/")
    assert run(service, caller="192.0.2.8")[1].state == "complete"


def test_a_batch_that_is_planned_twice_counts_once(archive: MadeArchive, images: int) -> None:
    service = Service(archive, max_daily_images_from_caller=images)
    accepted, status = run(service)
    assert status.state == "complete"
    service.run(accepted)
    assert run(service)[1].state == "failed"


def test_only_what_is_within_the_batchs_limit_counts(archive: MadeArchive) -> None:
    service = Service(archive, max_daily_images_from_caller=1, max_batch_bytes=3_000_000)
    _, status = run(service)
    assert (status.state, status.images.retrieved) == ("complete", 1)
    assert status.images.over_limit > 0


def test_batches_without_a_caller_are_not_counted(archive: MadeArchive) -> None:
    service = Service(archive, max_daily_images_from_caller=0)
    accepted, status = run(service, caller="")
    assert (accepted.record.image_account, status.state) == ("", "complete")
