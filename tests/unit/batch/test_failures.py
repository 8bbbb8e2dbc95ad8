"""The objects that record why a single image cannot be delivered."""

from __future__ import annotations

from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.codes import FailureCode
from skybatch.batch.failures import Failure, read_failure, write_failure
from skybatch.batch.store import BatchStore
from tests.support.batches.batch_fakes import BATCH_ID


def test_a_recorded_failure_gives_its_code_and_reason_back() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    write_failure(store, "a.fits", FailureCode.SOURCE_DAMAGED, "tile 3 is damaged")
    assert [stored.name for stored in store.list(keys.FAILURES)] == ["a.fits.json"]
    body = store.read(keys.failure("a.fits"))
    assert read_failure(body) == Failure("source_damaged", "tile 3 is damaged")


def test_a_failure_that_vanished_still_has_a_reason() -> None:
    failure = read_failure(None)
    assert failure.reason
    assert failure.code is None


def test_a_failure_without_a_code_can_be_read() -> None:
    assert read_failure(b'{"reason": "gave up"}') == Failure(None, "gave up")
