"""Asking a running batch to end."""

from __future__ import annotations

from skybatch.batch import keys
from skybatch.batch.record import BatchRecord, load_record
from skybatch.batch.store import BatchStore
from skybatch.errors import Conflict


def request_cancellation(store: BatchStore, now: float) -> BatchRecord:
    """Ask a running batch to end; what it has delivered so far stays.

    Raises
    ------
    NotFound, Expired
        No such batch, or no longer.
    Conflict
        It has already ended.
    """
    record = load_record(store, now)
    if store.exists(keys.STATUS):
        raise Conflict("The batch has ended; there is nothing to cancel.")
    store.create_json(keys.CANCELLATION, {"at": now})
    return record
