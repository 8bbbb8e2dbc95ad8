"""The record and the request of a batch: written once, readable until they expire."""

from __future__ import annotations

import pytest
from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.name_answers import NameAnswers, save_name_answers
from skybatch.batch.record import BatchRecord, has_names, load_record, load_request, save_record
from skybatch.batch.store import BatchStore
from skybatch.errors import Expired, NotFound
from skybatch.names.model import LookupStatus, NameResult, ServiceResponse
from skybatch.requests.model import Row
from skybatch.sky.position import SkyPosition
from tests.support.batches.batch_fakes import BATCH_ID
from tests.support.batches.batch_samples import positions_request

RECORD = BatchRecord(
    BATCH_ID, 1000.0, 2000.0, "https://sky.example", "a@example.org", 10**9, quota_markers=("active/x/y",)
)


@pytest.fixture
def store() -> BatchStore:
    return BatchStore(MemoryStore(), BATCH_ID)


def test_a_record_reads_back_the_same_and_keeps_its_stored_keys(store: BatchStore) -> None:
    assert save_record(store, RECORD, positions_request())
    assert load_record(store) == RECORD
    assert (store.read_json(keys.RECORD) or {})["markers"] == ["active/x/y"]


def test_the_first_record_stays(store: BatchStore) -> None:
    save_record(store, RECORD, positions_request(1))
    later = BatchRecord(BATCH_ID, 1500.0, 2500.0, "https://sky.example", None, 1)
    assert not save_record(store, later, positions_request(2))
    assert load_record(store) == RECORD
    assert len(load_request(store).rows) == 1


def test_the_request_is_stored_without_the_email_address(store: BatchStore) -> None:
    save_record(store, RECORD, positions_request(email="a@example.org"))
    assert b"a@example.org" not in (store.read(keys.REQUEST) or b"")


def test_a_record_expires(store: BatchStore) -> None:
    save_record(store, RECORD, positions_request())
    assert load_record(store, now=2000.0) == RECORD
    with pytest.raises(Expired):
        load_record(store, now=2000.1)


def test_no_record_is_no_batch(store: BatchStore) -> None:
    with pytest.raises(NotFound):
        load_record(store)
    with pytest.raises(NotFound):
        load_request(store)


def test_a_request_is_read_with_the_positions_of_its_names(store: BatchStore) -> None:
    place = SkyPosition(204.25, -29.87)
    save_record(store, RECORD, positions_request(rows=(Row(1, ("j",), name="m83"),)))
    assert load_request(store).rows[0].position is None
    found = NameResult("m83", (ServiceResponse("NED", LookupStatus.FOUND, "M 83", place),))
    save_name_answers(store, NameAnswers({"m83": found}))
    assert load_request(store).rows[0].position == place


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (RECORD.url(), ""),
        (RECORD.url("results"), "/results"),
        (RECORD.image_url("a.fits"), "/images/a.fits"),
        (RECORD.preview_url("a.fits.png"), "/previews/a.fits.png"),
        (RECORD.file_url("rows.tbl"), "/files/rows.tbl"),
    ],
)
def test_addresses_are_below_the_batch(url: str, path: str) -> None:
    assert url == f"https://sky.example/batches/{BATCH_ID}{path}"


def test_whether_a_batch_must_resolve_names_is_known_from_its_request(store: BatchStore) -> None:
    assert not has_names(store)
    save_record(store, RECORD, positions_request(2, rows=(Row(1, ("j",), name="M 31"),)))
    assert has_names(store)
    placed = Row(1, ("j",), name="M 31", position=SkyPosition(10.0, 41.0))
    other = BatchStore(MemoryStore(), BATCH_ID)
    save_record(other, RECORD, positions_request(1, rows=(placed,)))
    assert not has_names(other)
