"""Workers look for a cancellation, once in a while."""

from __future__ import annotations

from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.execution.cancellation import CancellationCheck
from skybatch.batch.store import BatchStore


def test_a_batch_is_looked_up_once_in_an_interval() -> None:
    now = [0.0]
    cancellation = CancellationCheck(1.0, clock=lambda: now[0])
    one, other = (BatchStore(MemoryStore(), digit * 32) for digit in "ab")
    assert not cancellation.is_cancelled(one)
    one.create_json(keys.CANCELLATION, {})
    other.create_json(keys.CANCELLATION, {})
    now[0] = 0.9
    assert not cancellation.is_cancelled(one)
    assert cancellation.is_cancelled(other)
    now[0] = 1.0
    assert cancellation.is_cancelled(one)
    assert cancellation.is_cancelled(one)  # what is cancelled stays so
