"""Bounds for addresses and callers: exact, told with a time to come back, kept without naming anybody."""

from __future__ import annotations

import time
from dataclasses import replace

import obstore
import pytest

from skybatch.batch.codes import Remainder
from skybatch.batch.status import read_status
from skybatch.batch.submission import quotas
from skybatch.batch.submission.submit import AcceptedBatch, BatchSubmitter
from skybatch.errors import TooMany
from skybatch.notification.notify import notify
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import MadeArchive

ADDRESS = "astronomer@example.org"


@pytest.fixture
def service(archive: MadeArchive) -> Service:
    made = Service(archive, max_active_batches=2, max_daily_batches=4, max_daily_from_caller=6)
    made.submitter = replace(made.submitter, now=time.time())
    return made


def start(
    service: Service, address: str | None = ADDRESS, *, caller: str = "", hours: float = 0
) -> AcceptedBatch:
    service.submitter = replace(service.submitter, caller=caller, now=time.time() + 3600 * hours)
    return service.submit(mode="region", center="10 10", diameter=0.1, email=address)


def finish(service: Service, accepted: AcceptedBatch) -> None:
    service.run(accepted)
    notify(service.store(accepted.record.batch_id), None, service.submitter.now)


def test_an_address_has_so_many_batches_at_a_time_and_room_again_when_one_ends(service: Service) -> None:
    first = start(service)
    start(service)
    with pytest.raises(TooMany, match="2 batches running") as caught:
        start(service)
    assert caught.value.retry_after == quotas.RETRY_AFTER_ACTIVE
    start(service, "another@example.org")
    finish(service, first)
    start(service)


def test_a_batch_that_never_ended_counts_for_a_day(service: Service) -> None:
    start(service)
    start(service)
    start(service, hours=24.1)


def test_an_address_has_so_many_batches_a_day_and_is_told_when_to_come_back(service: Service) -> None:
    for _ in range(4):
        finish(service, start(service))
    with pytest.raises(TooMany, match="within a day") as caught:
        start(service, hours=5)
    assert 18 * 3600 < caught.value.retry_after <= 19 * 3600 + 1
    start(service, hours=5 + caught.value.retry_after / 3600)


def test_a_caller_has_so_many_batches_a_day_whatever_addresses_it_names(service: Service) -> None:
    for n in range(6):
        start(service, f"reader{n}@example.org" if n % 2 else None, caller="192.0.2.7")
    with pytest.raises(TooMany, match="network address"):
        start(service, "reader9@example.org", caller="192.0.2.7")
    start(service, "reader9@example.org", caller="192.0.2.8")


def test_what_is_refused_leaves_no_batch_and_counts_for_nobody(service: Service) -> None:
    start(service)
    start(service)
    before = objects(service)
    with pytest.raises(TooMany):
        start(service, caller="192.0.2.7")
    assert objects(service) == before


def test_the_same_call_again_is_answered_and_counts_once(service: Service) -> None:
    request = start(service).request
    submitter = BatchSubmitter(
        service.objects, service.submitter.start, service.settings, "https://sky.example", time.time()
    )
    again = [submitter.submit(replace(request, email=ADDRESS), None, seed=b"key") for _ in range(4)]
    assert len({accepted.record.batch_id for accepted in again}) == 1


def test_resubmitting_writes_to_the_same_address_and_counts(archive: MadeArchive) -> None:
    service = Service(archive, max_active_batches=1, max_batch_bytes=3_000_000)
    service.submitter = replace(service.submitter, now=time.time())
    parent = service.submit(mode="region", center="180 20", diameter=0.3, email=ADDRESS)
    service.run(parent)
    with pytest.raises(TooMany):
        service.submitter.resubmit(parent.record.batch_id, Remainder.UNRETRIEVED)
    finish(service, parent)
    child = service.submitter.resubmit(parent.record.batch_id, Remainder.UNRETRIEVED)
    assert read_status(service.store(child.record.batch_id), time.time()).state == "accepted"


def test_markers_name_neither_address_nor_caller_nor_batch(service: Service) -> None:
    accepted = start(service, caller="192.0.2.7")
    kept = [path for path in objects(service) if path.startswith("active/")]
    assert len(kept) == 2
    for word in ("astronomer", "example", "192", accepted.record.batch_id):
        assert not any(word in path for path in kept)


def test_spellings_of_an_address_share_its_quota(service: Service) -> None:
    start(service, "astronomer@gmail.com")
    start(service, "a.stronomer+2@googlemail.com")
    with pytest.raises(TooMany):
        start(service, "astronomer@googlemail.com")


def test_addresses_of_one_site_share_its_quota(service: Service) -> None:
    for n in range(6):
        start(service, None, caller=f"2001:db8:7:{n}::{n + 1}")
    with pytest.raises(TooMany, match="network address"):
        start(service, None, caller="2001:db8:7:ffff::1")
    start(service, None, caller="2001:db8:8::1")


def objects(service: Service) -> set[str]:
    return {entry["path"] for page in obstore.list(service.objects) for entry in page}
