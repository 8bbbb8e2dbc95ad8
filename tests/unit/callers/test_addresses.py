"""Mailboxes are known by a keyed hash of any of their spellings; a link is a word that one mail has."""

from __future__ import annotations

import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.callers.addresses import ASK_AGAIN_SECONDS, Addresses, masked
from skybatch.errors import NotFound

EMAIL = "Anna.Somebody@gmail.com"


@pytest.fixture
def objects() -> MemoryStore:
    return MemoryStore()


def stored(objects: MemoryStore) -> bytes:
    return b"".join(
        entry["path"].encode() + bytes(obstore.get(objects, entry["path"]).bytes())
        for page in obstore.list(objects)
        for entry in page
        if entry["path"] != "mail/key"
    )


def test_spellings_of_a_mailbox_are_one(objects: MemoryStore) -> None:
    addresses = Addresses(objects)
    names = {addresses.name(each) for each in (EMAIL, "annasomebody+x@googlemail.com", EMAIL.lower())}
    assert len(names) == 1
    assert addresses.name("other@gmail.com") not in names
    assert Addresses(objects).name(EMAIL) in names  # by the deployment's key, not the process's


def test_nothing_that_is_kept_names_anybody(objects: MemoryStore) -> None:
    addresses = Addresses(objects)
    name = addresses.name(EMAIL)
    addresses.make_link(EMAIL)
    addresses.block(name, 1.0)
    addresses.confirm(name, 1.0)
    addresses.hold(name, "b" * 32)
    assert b"nna" not in stored(objects).lower()


def test_a_link_leads_to_its_mailbox_and_is_guessed_by_nobody(objects: MemoryStore) -> None:
    addresses = Addresses(objects)
    word = addresses.make_link(EMAIL)
    assert addresses.link(word).mailbox == addresses.name(EMAIL)
    assert addresses.make_link(EMAIL) != word
    for wrong in ("", "0" * 32, word[:-1], f"../links/{word}", word.upper() + "x", f"{word}/"):
        with pytest.raises(NotFound):
            addresses.link(wrong)


def test_a_mailbox_is_blocked_and_allowed_again(objects: MemoryStore) -> None:
    addresses = Addresses(objects)
    name = addresses.name(EMAIL)
    assert not addresses.is_blocked(name)
    addresses.block(name, 1.0)
    assert addresses.is_blocked(name)
    addresses.block(name, 2.0, blocked=False)
    assert not addresses.is_blocked(name)


def test_a_mailbox_is_asked_once_a_day(objects: MemoryStore) -> None:
    addresses = Addresses(objects)
    name = addresses.name(EMAIL)
    moments = (0.0, 10.0, ASK_AGAIN_SECONDS - 1.0, ASK_AGAIN_SECONDS + 0.0, ASK_AGAIN_SECONDS + 1.0)
    assert [addresses.is_to_be_asked(name, at) for at in moments] == [True, False, False, True, False]


def test_what_is_held_is_listed_by_mailbox(objects: MemoryStore) -> None:
    addresses = Addresses(objects)
    for email, batch in ((EMAIL, "a"), (EMAIL, "b"), ("other@gmail.com", "c")):
        addresses.hold(addresses.name(email), batch * 32)
    assert sorted(addresses.held(addresses.name(EMAIL))) == ["a" * 32, "b" * 32]


def test_an_address_is_shown_to_who_knows_it() -> None:
    assert masked(EMAIL) == "A…@gmail.com"
