"""Stores of batches whose life is over, made without running them."""

from __future__ import annotations

from typing import Any

from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.record import BatchRecord, save_record
from skybatch.batch.status import accepted_facts, record_failure
from skybatch.batch.store import BatchStore
from skybatch.requests.model import Request
from tests.support.batches import batch_samples
from tests.support.batches.batch_fakes import BATCH_ID

CREATED, ENDED, EXPIRES = 1000.0, 1100.0, 5000.0
REASON = "an internal error (Timeout) stopped this batch"


def accepted_batch(request: Request | None = None, **changes: Any) -> BatchStore:
    """A batch as submission leaves it; `changes` replace fields of its record."""
    request = request or batch_samples.positions_request(3)
    given = {"base_url": "https://sky.example", "email": None, "limit_bytes": 10**9}
    record = BatchRecord(BATCH_ID, CREATED, EXPIRES, **{**given, **changes})
    store = BatchStore(MemoryStore(), BATCH_ID)
    store.create_json(keys.ACCEPTED, accepted_facts(request))
    save_record(store, record, request)
    return store


def failed_batch(request: Request | None = None, **changes: Any) -> BatchStore:
    """A batch that failed as a whole."""
    store = accepted_batch(request, **changes)
    record_failure(store, REASON, ENDED)
    return store
