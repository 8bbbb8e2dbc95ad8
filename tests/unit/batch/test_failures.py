"""The objects that record why a single image cannot be delivered."""

from __future__ import annotations

from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.codes import FailureCode
from skybatch.batch.failures import read_failure, write_failure
from skybatch.batch.store import BatchStore
from tests.support.batch_fakes import BATCH_ID


def test_a_recorded_failure_gives_its_reason_back() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    write_failure(store, "a.fits", FailureCode.SOURCE_DAMAGED, "the stored file is damaged")
    assert [stored.name for stored in store.list(keys.FAILURES)] == ["a.fits.json"]
    body = store.read(keys.failure("a.fits"))
    assert read_failure(body) == "the stored file is damaged"


def test_a_failure_that_vanished_still_has_a_reason() -> None:
    assert read_failure(None)
