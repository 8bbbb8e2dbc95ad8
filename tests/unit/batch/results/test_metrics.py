"""Metrics of a batch: one of each end, and what was delivered."""

from __future__ import annotations

import pytest
from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.results.metrics import COUNTED, batch_metrics
from skybatch.batch.store import BatchStore
from skybatch.status import FINAL_STATES, BatchState, BatchStatus, ImageCounts
from tests.support.batches.batch_fakes import BATCH_ID


def metrics(status: BatchStatus) -> dict[str, float]:
    store = BatchStore(MemoryStore(), BATCH_ID)
    store.create_json(keys.STATUS, status.to_json())
    return batch_metrics(store)


def test_a_running_batch_has_no_metrics() -> None:
    assert batch_metrics(BatchStore(MemoryStore(), BATCH_ID)) == {}


@pytest.mark.parametrize("state", sorted(FINAL_STATES))
def test_each_end_is_counted_by_its_own_metric(state: BatchState) -> None:
    assert metrics(BatchStatus(BATCH_ID, state))[COUNTED[state]] == 1
    assert len(set(COUNTED.values())) == len(FINAL_STATES)


def test_images_bytes_and_seconds_are_those_of_the_status() -> None:
    status = BatchStatus(
        BATCH_ID,
        BatchState.COMPLETE,
        created="2026-11-20T23:59:30Z",
        finished="2026-11-21T00:01:00Z",
        images=ImageCounts(retrieved=3, over_limit=2, failed=1),
        bytes=77,
    )
    assert metrics(status) == {
        "BatchesCompleted": 1,
        "ImagesDelivered": 3,
        "ImagesFailed": 1,
        "ImagesOverLimit": 2,
        "DeliveredBytes": 77,
        "BatchSeconds": 90.0,
    }
