"""A finished batch in figures, for the operator's metrics."""

from __future__ import annotations

from datetime import datetime

from skybatch.batch import keys
from skybatch.batch.store import BatchStore
from skybatch.status import BatchStatus

COUNTED = {"complete": "BatchesCompleted", "cancelled": "BatchesCancelled", "failed": "BatchesFailed"}


def batch_metrics(store: BatchStore) -> dict[str, float]:
    """Give the metrics of a batch by name, from its final status; empty where it has not ended.

    ``BatchSeconds`` runs from acceptance to the last file written; bytes are image files delivered.
    """
    stored = store.read_json(keys.STATUS)
    if stored is None:
        return {}
    status = BatchStatus.from_json(stored)
    return {
        COUNTED[status.state]: 1,
        "ImagesDelivered": status.images.retrieved,
        "ImagesFailed": status.images.failed,
        "ImagesOverLimit": status.images.over_limit,
        "DeliveredBytes": status.bytes,
        "BatchSeconds": _seconds(status.created, status.finished),
    }


def _seconds(created: str | None, finished: str | None) -> float:
    if created is None or finished is None:
        return 0.0
    return (datetime.fromisoformat(finished) - datetime.fromisoformat(created)).total_seconds()
