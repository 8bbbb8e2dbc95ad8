"""Requests to cancel: taken while the batch runs, refused at its end."""

from __future__ import annotations

import pytest
from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.record import BatchRecord, save_record
from skybatch.batch.store import BatchStore
from skybatch.batch.submission.cancellation import request_cancellation
from skybatch.errors import Conflict, Expired, NotFound
from tests.support.batches.batch_fakes import BATCH_ID
from tests.support.batches.batch_samples import positions_request


@pytest.fixture
def store() -> BatchStore:
    made = BatchStore(MemoryStore(), BATCH_ID)
    record = BatchRecord(BATCH_ID, 1000.0, 2000.0, "https://sky.example", None, 10**9)
    save_record(made, record, positions_request())
    return made


def test_a_running_batch_can_be_cancelled_more_than_once(store: BatchStore) -> None:
    assert request_cancellation(store, 1100.0).batch_id == BATCH_ID
    request_cancellation(store, 1200.0)
    assert store.read_json(keys.CANCELLATION) == {"at": 1100.0}


def test_an_ended_batch_cannot_be_cancelled(store: BatchStore) -> None:
    store.create_json(keys.STATUS, {"state": "complete"})
    with pytest.raises(Conflict):
        request_cancellation(store, 1100.0)
    assert not store.exists(keys.CANCELLATION)


def test_an_expired_or_unknown_batch_cannot_be_cancelled(store: BatchStore) -> None:
    with pytest.raises(Expired):
        request_cancellation(store, 2001.0)
    with pytest.raises(NotFound):
        request_cancellation(BatchStore(MemoryStore(), BATCH_ID), 1100.0)
