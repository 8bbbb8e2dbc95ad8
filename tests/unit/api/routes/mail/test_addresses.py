"""The page that a mail leads to: nothing happens by GET; a button, or a mail program, blocks the address."""

from __future__ import annotations

import pytest

from skybatch.api.app import HttpApp
from skybatch.api.dependencies import Dependencies
from skybatch.api.routes.mail import addresses
from skybatch.callers.addresses import Addresses
from skybatch.settings import Settings
from tests.support.servers.http import (
    BASE_URL,
    CONTEXT,
    HttpAnswer,
    http_answer,
    http_event,
    make_dependencies,
)

EMAIL = "anna@example.org"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": 'multipart/form-data; boundary="=_part 1"'}
ONE_CLICK_HEAD = b'Content-Disposition: form-data; name="List-Unsubscribe"'
ONE_CLICK_PART = b"\r\n".join((b"--=_part 1", ONE_CLICK_HEAD, b"", b"One-Click", b"--=_part 1--", b""))


@pytest.fixture
def sent() -> list[str]:
    """Mailboxes whose held messages were sent."""
    return []


@pytest.fixture
def here(sent: list[str]) -> Dependencies:
    settings = Settings(public_url=BASE_URL, confirm_addresses="true")
    return make_dependencies(settings=settings, send_held=sent.append)


@pytest.fixture
def known(here: Dependencies) -> Addresses:
    return Addresses(here.results)


def call(
    here: Dependencies, method: str, link: str, body: bytes = b"", headers: dict[str, str] = FORM
) -> HttpAnswer:
    app = HttpApp(here, [addresses.routes])
    return http_answer(app.handle(http_event(method, f"/addresses/{link}", body, headers), CONTEXT))


def test_looking_changes_nothing(here: Dependencies, known: Addresses, sent: list[str]) -> None:
    link = known.make_link(EMAIL)
    for query in ("", "?action=block", "?action=confirm"):
        assert call(here, "GET", link + query).status == 200
    name = known.name(EMAIL)
    assert (known.is_blocked(name), known.is_confirmed(name), sent) == (False, False, [])


@pytest.mark.parametrize("body", [b"action=block", b"List-Unsubscribe=One-Click"])
def test_the_button_and_a_mail_program_block_the_address(
    here: Dependencies, known: Addresses, body: bytes
) -> None:
    link = known.make_link(EMAIL)
    answer = call(here, "POST", link, body)
    assert answer.status == (303 if b"action" in body else 204)
    assert known.is_blocked(known.name("Anna+tag@example.org"))
    assert call(here, "POST", link, b"action=allow").headers["location"] == f"{BASE_URL}/addresses/{link}"
    assert not known.is_blocked(known.name(EMAIL))


def test_a_mail_program_may_post_parts(here: Dependencies, known: Addresses) -> None:
    # RFC 8058, section 3.2: SHOULD be multipart/form-data, MAY be URL-encoded.
    answer = call(here, "POST", known.make_link(EMAIL), ONE_CLICK_PART, PARTS)
    assert (answer.status, known.is_blocked(known.name(EMAIL))) == (204, True)


@pytest.mark.parametrize("body", [ONE_CLICK_PART[:-6], ONE_CLICK_PART.ljust(100_000, b" ")[1:]])
def test_parts_that_cannot_be_read_change_nothing(here: Dependencies, known: Addresses, body: bytes) -> None:
    answer = call(here, "POST", known.make_link(EMAIL), body, PARTS)
    assert (answer.status, known.is_blocked(known.name(EMAIL))) == (400, False)


def test_confirming_has_the_messages_sent_that_waited(
    here: Dependencies, known: Addresses, sent: list[str]
) -> None:
    link = known.make_link(EMAIL)
    known.block(known.name(EMAIL), 1.0)
    assert call(here, "POST", link, b"action=confirm").status == 303
    assert known.is_confirmed(known.name(EMAIL))
    assert not known.is_blocked(known.name(EMAIL))
    assert sent == [known.name(EMAIL)]


@pytest.mark.parametrize("body", [b"", b"action=delete", b"\xff\xfe", b"x" * 100_000])
def test_anything_else_is_refused(here: Dependencies, known: Addresses, body: bytes) -> None:
    answer = call(here, "POST", known.make_link(EMAIL), body)
    assert (answer.status, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_there_is_not(here: Dependencies, method: str) -> None:
    answer = call(here, method, "0" * 32, b"action=block")
    assert (answer.status, answer.json()["code"]) == (404, "not_found")


def test_the_address_itself_is_nowhere(here: Dependencies, known: Addresses) -> None:
    assert EMAIL.encode() not in call(here, "GET", known.make_link(EMAIL)).body
