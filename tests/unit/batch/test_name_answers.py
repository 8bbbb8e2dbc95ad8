"""The stored answers of the name services."""

from __future__ import annotations

from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.name_answers import NameAnswers, load_name_answers, save_name_answers
from skybatch.batch.store import BatchStore
from skybatch.names.model import LookupStatus, NameResult, ServiceResponse
from skybatch.sky.position import SkyPosition
from tests.support.batches.batch_fakes import BATCH_ID

FOUND = NameResult("m83", (ServiceResponse("NED", LookupStatus.FOUND, "M 83", SkyPosition(204.25, -29.87)),))


def test_answers_read_back_the_same() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    assert load_name_answers(store) == NameAnswers({})
    names = NameAnswers({"m83": FOUND}, started=12.5, rounds=2, is_final=True)
    save_name_answers(store, names)
    assert load_name_answers(store) == names


def test_the_stored_keys_are_those_of_running_batches() -> None:
    store = BatchStore(MemoryStore(), BATCH_ID)
    save_name_answers(store, NameAnswers({"m83": FOUND}))
    assert set(store.read_json(keys.NAMES) or {}) == {"answers", "started", "rounds", "settled"}
