"""Accepting batches: the same call gives the same batch, a remainder becomes the next one."""

from __future__ import annotations

import obstore
import pytest

from skybatch.batch import keys
from skybatch.batch.codes import Remainder
from skybatch.batch.status import read_status
from skybatch.batch.submission.submit import AcceptedBatch
from skybatch.errors import Conflict
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from skybatch.status import ImageCounts
from tests.support.batches.in_process_service import Service, images_of
from tests.support.survey.sample_archive import POSITIONS, MadeArchive


def test_resubmit_is_the_same_as_posting_back_and_pressed_twice_one_batch(archive: MadeArchive) -> None:
    service = Service(archive, max_batch_bytes=3_000_000)
    first = service.submit(mode="positions", table=POSITIONS, email="a@example.org")
    service.run(first)
    again = service.submitter.resubmit(first.record.batch_id, Remainder.UNRETRIEVED)
    twice = service.submitter.resubmit(first.record.batch_id, Remainder.UNRETRIEVED)
    assert again.record == twice.record
    assert (again.record.part, again.record.previous) == (2, first.record.batch_id)
    assert again.record.email == "a@example.org"
    posted = service.submit(mode="coadd_keys", table=service.file(first, "unretrieved.tbl").decode())
    assert images_after(service, again) == images_after(service, posted)
    assert read_status(service.store(first.record.batch_id), 1200.0).chain.next == again.record.batch_id


def images_after(service: Service, accepted: AcceptedBatch) -> dict[str, bytes]:
    service.run(accepted)
    return images_of(service.file(accepted, "images.tar"))


def test_resubmit_waits_for_the_end_and_refuses_where_nothing_is_left(archive: MadeArchive) -> None:
    service = Service(archive)
    accepted = service.submit(mode="positions", table=POSITIONS)
    with pytest.raises(Conflict, match="running"):
        service.submitter.resubmit(accepted.record.batch_id, Remainder.UNRETRIEVED)
    service.run(accepted)
    with pytest.raises(Conflict, match="no unretrieved"):
        service.submitter.resubmit(accepted.record.batch_id, Remainder.UNRETRIEVED)


def test_same_key_and_body_is_the_same_batch(archive: MadeArchive) -> None:
    submitter = Service(archive).submitter
    request, _ = parse_body(b'{"mode":"region","center":"1 2","diameter":1}', "application/json", Settings())
    first = submitter.submit(request, None, seed=b"key and body")
    assert submitter.submit(request, None, seed=b"key and body").record == first.record
    assert submitter.submit(request, None, seed=b"another").record != first.record


def test_every_part_of_a_chain_knows_how_many_there_are(archive: MadeArchive) -> None:
    service = Service(archive, max_batch_bytes=3_000_000)
    accepted = service.submit(mode="positions", table=POSITIONS)
    told = []
    while True:
        told.append(service.run(accepted).chain)
        if service.store(accepted.record.batch_id).read(keys.result("unretrieved.tbl")) is None:
            break
        accepted = service.submitter.resubmit(accepted.record.batch_id, Remainder.UNRETRIEVED)
    assert len(told) > 2
    assert [(chain.part, chain.parts) for chain in told] == [(n + 1, len(told)) for n in range(len(told))]


def test_a_batch_of_what_failed_is_linked_and_no_part() -> None:
    archive = MadeArchive()
    stored = obstore.get(archive.objects, archive.key(0, "j")).bytes()
    obstore.delete(archive.objects, archive.key(0, "j"))
    service = Service(archive)
    accepted = service.submit(mode="coadd_keys", table=KEYS)
    assert service.run(accepted).images.failed == 1
    obstore.put(archive.objects, archive.key(0, "j"), stored)
    again = service.submitter.resubmit(accepted.record.batch_id, Remainder.FAILED)
    assert service.run(again).images == ImageCounts(retrieved=1)
    parent = read_status(service.store(accepted.record.batch_id), 1200.0).chain
    child = read_status(service.store(again.record.batch_id), 1200.0).chain
    assert (parent.retry, parent.next) == (again.record.batch_id, None)
    assert (child.part, child.parts, child.previous) == (1, 1, accepted.record.batch_id)


KEYS = "coadd_key,band,id\n1001,J,first\n1002,A,\n"


def test_later_parts_know_of_images_lost_before_them() -> None:
    archive = MadeArchive()
    obstore.delete(archive.objects, archive.key(0, "j"))
    service = Service(archive, max_batch_bytes=3_000_000)
    first = service.run(service.submit(mode="positions", table=POSITIONS))
    assert first.images.failed
    assert first.chain.lost_before == 0
    second = service.submitter.resubmit(first.batch_id, Remainder.UNRETRIEVED)
    assert service.run(second).chain.lost_before == first.images.failed
