"""Every spelling that a provider delivers to one mailbox is counted as one."""

from __future__ import annotations

import pytest

from skybatch.callers.mailboxes import mailbox

SAME = [
    ("astronomer@example.org", "Astronomer@Example.ORG"),
    ("astronomer@example.org", "astronomer+2@example.org"),
    ("astronomer@example.org", "astro.nomer@example.org"),
    ("astronomer@example.org", " astronomer@example.org "),
    ("astronomer@example.org", "astronomer@example.org."),
    ("astronomer@gmail.com", "a.stro.nomer+x@googlemail.com"),
    ("astronomer@yahoo.com", "astronomer-m31@yahoo.com"),
    ("astronomer@yahoo.co.uk", "astronomer-a-b@yahoo.co.uk"),
    ("astronomer@ymail.com", "astronomer-1@ymail.com"),
    ("astronomer@aol.com", "astronomer-1@aol.com"),
    ("astronomer@icloud.com", "astronomer+1@me.com"),
    ("astronomer@icloud.com", "astronomer@mac.com"),
    ("astronomer@proton.me", "astro-no_mer@protonmail.com"),
    ("astronomer@proton.me", "astronomer@pm.me"),
    ("astro.nomer@yandex.ru", "astro-nomer@ya.ru"),
    ("astronomer@yandex.ru", "astronomer@yandex.com"),
    ("astronomer@fastmail.com", "anything@astronomer.fastmail.com"),
    ("astronomer@outlook.com", "astronomer+7@outlook.com"),
]
DIFFERENT = [
    ("astronomer@example.org", "astronomers@example.org"),
    ("astronomer@example.org", "astronomer@example.com"),
    ("astronomer@example.org", "x@astronomer"),
    ("jean-luc@example.org", "jean-pierre@example.org"),
    ("astronomer@yahoo.com", "astronomer@yahoo.fr"),
    ("astronomer@yahoo.com", "astronomer@ymail.com"),
    ("x@one.fastmail.com", "x@two.fastmail.com"),
    ("x@astronomer.example.org", "astronomer@example.org"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_mailbox_are_one(one: str, other: str) -> None:
    assert mailbox(one) == mailbox(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_mailbox_is_another(one: str, other: str) -> None:
    assert mailbox(one) != mailbox(other)


@pytest.mark.parametrize("email", sorted({spelling for pair in SAME + DIFFERENT for spelling in pair}))
def test_the_spelling_chosen_stays_as_it_is(email: str) -> None:
    assert mailbox(mailbox(email)) == mailbox(email)
