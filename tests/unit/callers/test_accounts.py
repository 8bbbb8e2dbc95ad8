"""Accounts in S3 are exact whoever writes at once, and name nobody."""

from __future__ import annotations

import threading

import obstore
from obstore.store import MemoryStore

from skybatch.callers.accounts import ACCOUNTS, ACCOUNTS_KEY, Accounts
from skybatch.callers.usage import DAY_SECONDS, Usage

ALLOWANCE = Usage(seconds=100, bytes=100, images=100, links=100)


def test_what_one_takes_another_sees() -> None:
    objects = MemoryStore()
    one, other = Accounts(objects), Accounts(objects)
    key = one.key("somebody")
    assert key == other.key("somebody") != one.key("somebody else")
    assert one.take(key, Usage(seconds=40), ALLOWANCE, 1000.0) is not None
    taken = other.take(key, Usage(seconds=10, links=1), ALLOWANCE, 1000.0)
    assert taken is not None
    assert taken.used == Usage(seconds=50, links=1)
    assert one.level(key, ALLOWANCE, 1000.0 + DAY_SECONDS / 4).used == Usage(seconds=25)


def test_nothing_is_taken_of_an_account_that_is_not_there() -> None:
    accounts = Accounts(MemoryStore())
    assert accounts.level(accounts.key("x"), ALLOWANCE, 5.0).used == Usage()


def test_of_those_who_write_at_once_none_is_lost() -> None:
    objects = MemoryStore()
    key = Accounts(objects).key("x")

    def take() -> None:
        accounts, left = Accounts(objects), 20
        while left:
            left -= accounts.take(key, Usage(images=1), ALLOWANCE, 0.0) is not None

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Accounts(objects).level(key, ALLOWANCE, 0.0).used.images == 80


def test_the_names_of_objects_name_nobody() -> None:
    objects = MemoryStore()
    accounts = Accounts(objects)
    accounts.take(accounts.key("192.0.2.7"), Usage(seconds=1), ALLOWANCE, 0.0)
    kept = {entry["path"] for page in obstore.list(objects) for entry in page}
    assert ACCOUNTS_KEY in kept
    (account,) = kept - {ACCOUNTS_KEY}
    assert account.startswith(f"{ACCOUNTS}/")
    assert "192" not in account[:12]
    body = bytes(obstore.get(objects, account).bytes())
    assert b"192" not in body
