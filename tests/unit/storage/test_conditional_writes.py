"""A conditional write is settled whatever becomes of its connection, and 409 is not 412."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.errors import Transient
from skybatch.storage.conditional_writes import PAUSES, create_object, replace_object
from tests.support.aws.fake_s3 import FakeS3, fake_s3
from tests.support.aws.s3_faults import conflict, lose_answer, never_answer, reset_reused, times


@pytest.fixture
def fake() -> Iterator[FakeS3]:
    with fake_s3() as running:
        yield running


def test_one_writer_creates_an_object(fake: FakeS3) -> None:
    store = fake.store()
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda n: create_object(store, "k", b"%d" % n, "text/plain"), range(16)))
    assert made.count(True) == 1
    assert fake.memory.objects["k"].body == b"%d" % made.index(True)
    assert fake.memory.objects["k"].headers["content-type"] == "text/plain"


@pytest.mark.parametrize("size", [1, 20_000_000])
def test_a_connection_that_was_dropped_meanwhile_is_no_failure(fake: FakeS3, size: int) -> None:
    store = fake.store()
    obstore.put(store, "before", b"")
    fake.faults.append(times(1, reset_reused, verb="PUT"))
    assert create_object(store, "k", bytes(size))
    obstore.get(store, "k")
    fake.faults.append(times(1, reset_reused, verb="PUT"))
    tag = fake.memory.objects["k"].e_tag
    assert replace_object(store, "k", b"next", tag) == fake.memory.objects["k"].e_tag


def test_a_write_whose_answer_was_lost_is_ours(fake: FakeS3) -> None:
    fake.faults.append(times(1, lose_answer, verb="PUT"))
    assert create_object(fake.store(), "k", b"mine")
    tag = fake.memory.objects["k"].e_tag
    fake.faults.append(times(1, lose_answer, verb="PUT"))
    assert replace_object(fake.store(), "k", b"next", tag) == fake.memory.objects["k"].e_tag != tag


def test_after_a_lost_request_another_writer_is_still_told_from_us(fake: FakeS3) -> None:
    fake.memory.put("k", b"another's", {})
    fake.faults.append(times(1, lose_answer, verb="PUT"))
    assert not create_object(fake.store(), "k", b"mine")
    assert fake.memory.objects["k"].body == b"another's"


def test_a_service_that_never_answers_is_tried_twice(fake: FakeS3) -> None:
    fake.faults.append(never_answer)
    with pytest.raises(Transient):
        create_object(fake.store(timeout=timedelta(seconds=0.2)), "k", b"1")
    assert fake.count("PUT") == 2


def test_a_conflict_is_tried_again_until_it_is_settled(fake: FakeS3) -> None:
    fake.faults.append(times(2, conflict, verb="PUT"))
    assert create_object(fake.store(), "k", b"1")
    assert fake.memory.objects["k"].body == b"1"
    fake.faults.append(times(1, conflict, verb="PUT"))
    assert not create_object(fake.store(), "k", b"2")


def test_a_conflict_without_end_is_no_success_of_another(fake: FakeS3) -> None:
    fake.faults.append(times(1000, conflict, verb="PUT"))
    with pytest.raises(Transient):
        create_object(fake.store(), "k", b"1")
    assert fake.count("PUT") == len(PAUSES)


def test_an_object_replaced_meanwhile_stays(fake: FakeS3) -> None:
    store = fake.store()
    old = fake.memory.put("k", b"old", {}).e_tag
    fake.memory.put("k", b"new", {})
    assert replace_object(store, "k", b"mine", old) is None
    del fake.memory.objects["k"]
    assert replace_object(store, "k", b"mine", old) is None


def test_a_store_in_memory_writes_by_the_same_rules() -> None:
    store = MemoryStore()
    tag = replace_object(store, "k", b"1", None)
    assert tag is not None
    assert not create_object(store, "k", b"2")
    assert replace_object(store, "k", b"3", tag) not in (None, tag)
    assert replace_object(store, "k", b"4", tag) is None
