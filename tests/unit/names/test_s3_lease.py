"""A lease in S3 has one holder at a time, and an interval between holders."""

from __future__ import annotations

import threading
import time

import obstore
from obstore.store import MemoryStore

from skybatch.names.s3_lease import S3Lease

KEY = "names/ned-turn"
INTERVAL = 0.5


def test_two_processes_never_hold_the_lease_at_once_nor_within_the_interval() -> None:
    objects = MemoryStore()
    one, other = S3Lease(objects, KEY, INTERVAL), S3Lease(objects, KEY, INTERVAL)
    assert one.acquire(time.monotonic() + 5)
    assert not other.acquire(time.monotonic() + 0.3)
    released = time.monotonic()
    one.release()
    assert other.acquire(time.monotonic() + 5)
    assert time.monotonic() - released >= 0.9 * INTERVAL


def test_the_lease_of_a_holder_that_died_expires() -> None:
    objects = MemoryStore()
    assert S3Lease(objects, KEY, INTERVAL).acquire(time.monotonic() + 5)
    obstore.put(objects, KEY, f"{time.time() - 0.1:.3f}".encode())  # as if its time were over
    assert S3Lease(objects, KEY, INTERVAL).acquire(time.monotonic() + 5)


def test_a_holder_whose_lease_another_took_over_does_not_release_it() -> None:
    objects = MemoryStore()
    late, heir = S3Lease(objects, KEY, 0.0), S3Lease(objects, KEY, 0.0)
    assert late.acquire(time.monotonic() + 5)
    obstore.put(objects, KEY, f"{time.time() - 0.1:.3f}".encode())
    assert heir.acquire(time.monotonic() + 5)
    late.release()
    assert not S3Lease(objects, KEY, 0.0).acquire(time.monotonic() + 0.3)


def test_a_process_that_shares_the_service_lets_others_go_first() -> None:
    objects = MemoryStore()
    flood, other = S3Lease(objects, KEY, INTERVAL), S3Lease(objects, KEY, INTERVAL)
    for lease in (flood, other, flood):  # from here on it knows that it is not alone
        assert lease.acquire(time.monotonic() + 5)
        lease.release()
    winners: list[S3Lease] = []

    def take_turn(lease: S3Lease) -> None:
        assert lease.acquire(time.monotonic() + 30)
        winners.append(lease)
        lease.release()

    threads = [threading.Thread(target=take_turn, args=(lease,)) for lease in (flood, other)]
    for thread in threads:
        thread.start()
        time.sleep(0.02)  # it is there first
    for thread in threads:
        thread.join()
    assert winners == [other, flood]
