"""What a finished batch came to, for the operator's metrics."""

from __future__ import annotations

from datetime import datetime

from skybatch.batch import keys
from skybatch.batch.store import BatchStore

COUNTED = {"complete": "BatchesCompleted", "cancelled": "BatchesCancelled", "failed": "BatchesFailed"}


def batch_metrics(store: BatchStore) -> dict[str, float]:
    """Metrics of a batch by name, from its final status; empty where it has not ended.

    ``BatchSeconds`` runs from acceptance to the last file written; bytes are image files delivered.
    """
    status = store.read_json(keys.STATUS)
    if status is None:
        return {}
    images = status["images"]
    return {
        COUNTED[status["state"]]: 1,
        "ImagesDelivered": images["retrieved"],
        "ImagesFailed": images["failed"],
        "ImagesOverLimit": images["over_limit"],
        "DeliveredBytes": status["bytes"],
        "BatchSeconds": _seconds(status["created"], status["finished"]),
    }


def _seconds(created: str, finished: str) -> float:
    return (datetime.fromisoformat(finished) - datetime.fromisoformat(created)).total_seconds()
