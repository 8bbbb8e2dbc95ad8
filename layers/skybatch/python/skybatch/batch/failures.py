"""Failures of single images: an object below ``failed/`` says that a task cannot be done, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass

from skybatch.batch import keys
from skybatch.batch.codes import FailureCode
from skybatch.batch.store import BatchStore


@dataclass(frozen=True)
class Failure:
    """Why a task cannot be done: a code of `FailureCode`, None where none was recorded, and the details."""

    code: str | None
    reason: str


def write_failure(store: BatchStore, file: str, code: FailureCode, reason: str) -> None:
    """Record that a task cannot be done; an image delivered before outcomes are final takes precedence."""
    store.write_json(keys.failure(file), {"code": code, "reason": reason})


def read_failure(body: bytes | None) -> Failure:
    """Read a failure object; one that has vanished gives a failure without a code."""
    if not body:
        return Failure(None, "failed without a reason")
    stored = json.loads(body)
    return Failure(stored.get("code"), str(stored["reason"]))
