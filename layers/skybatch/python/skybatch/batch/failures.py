"""Failures of single images: an object below ``failed/`` says that a task cannot be done, and why."""

from __future__ import annotations

import json

from skybatch.batch import keys
from skybatch.batch.codes import FailureCode
from skybatch.batch.store import BatchStore


def write_failure(store: BatchStore, file: str, code: FailureCode, reason: str) -> None:
    """Record that a task cannot be done; an image delivered before outcomes are final takes precedence."""
    store.write_json(keys.failure(file), {"code": code, "reason": reason})


def read_failure(body: bytes | None) -> str:
    """Give the reason that a failure object holds."""
    return str(json.loads(body)["reason"]) if body else "failed without a reason"
