"""Mail that lasts: bounced, blocked, confirmed, in one thread, its headers in the files that are kept."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from local.mailbox import Email, emails, wait_for_email
from local.stack import Stack
from tests.e2e.service import Service

pytestmark = pytest.mark.e2e

REQUEST: dict[str, Any] = {
    "mode": "positions",
    "table": "ra,dec\n65.497627,19.535070\n",
    "size": 30,
    "bands": "J",
}
BOUNCE, COMPLAINT = "bounce@simulator.amazonses.com", "complaint@simulator.amazonses.com"
RETURNED = {BOUNCE: "bounced", COMPLAINT: "complained"}


@pytest.fixture(scope="module")
def named(start_stack: Callable[..., Stack]) -> Stack:
    """A deployment with a name and a mailbox for answers; its batches hold two images."""
    parameters = {"MailName": "Sternwarte “Sky”", "MailReplyTo": "help@example.org", "MaxBatchBytes": "40000"}
    return start_stack(parameters=parameters)


@pytest.fixture(scope="module")
def asking(start_stack: Callable[..., Stack]) -> Stack:
    """A deployment that asks addresses to confirm."""
    return start_stack(parameters={"ConfirmAddresses": "true"})


def kept(stack: Stack, subject: str) -> EmailMessage:
    """Return the file of a message, once it is kept."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        for path in sorted((stack.folder / "mail").glob("*.eml")):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            assert isinstance(message, EmailMessage)
            if message["Subject"] == subject:
                return message
        time.sleep(0.2)
    raise AssertionError(f"no file of {subject!r}")


def link_in(email: Email) -> str:
    found = re.search(r"https?://\S+/addresses/[0-9a-f]{32}", email.text)
    assert found is not None
    return found.group()


def press(link: str, action: str) -> httpx.Response:
    return httpx.post(link, data={"action": action}, timeout=30)


def mailed(service: Service, **fields: Any) -> dict[str, Any]:
    """Run a batch, and return its status once its mail has come to an end."""
    batch_id = service.submit(**(REQUEST | fields))
    return service.wait(batch_id, lambda status: status["mail"] not in (None, "sending"))


def to(stack: Stack, address: str) -> list[Email]:
    return [email for email in emails(stack.emulator.url) if address in email.to]


# Headers ------------------------------------------------------------------------------------------------


def test_the_file_that_is_kept_has_the_headers_of_the_message(named: Stack) -> None:
    mailed(Service(named.url), email="headers@example.org", label="headers")
    message = kept(named, wait_for_email(named.emulator.url, "headers@example.org").subject)
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Sternwarte “Sky”", "skybatch@example.org")
    assert message["Reply-To"] == "help@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"[0-9a-f]{24}", message["X-Correlation-Id"])
    assert "/addresses/" in message["List-Unsubscribe"]


def test_the_parts_of_a_chain_are_one_thread(named: Stack) -> None:
    service = Service(named.url)
    table = "ra,dec\n" + "65.497627,19.535070\n65.5,19.54\n65.49,19.53\n"
    first = mailed(service, email="chain@example.org", label="chain", table=table, bands="J,H,K", size=60)
    assert first["unretrieved"]
    answer = service.post(f"/batches/{first['batch_id']}/resubmit")
    second = answer.json()["batch_id"]
    service.wait(second, lambda status: status["mail"] not in (None, "sending"))
    messages = [kept(named, email.subject) for email in to(named, "chain@example.org")]
    assert len(messages) == 2
    threads = {message["References"] for message in messages}
    assert len(threads) == 1
    assert [message["In-Reply-To"] for message in messages] == [None, *threads]
    assert {first["batch_id"], second}.isdisjoint(str(threads))


# Mail that comes back -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def returned(named: Stack) -> dict[str, dict[str, Any]]:
    """Statuses of batches whose mail came back, by the address that it was sent to.

    By SES's mailbox simulator, through configuration set, EventBridge and the template's rule.
    """
    service = Service(named.url)

    def came_back(address: str, state: str) -> dict[str, Any]:
        batch_id = service.submit(**(REQUEST | {"email": address, "label": state}))
        return service.wait(batch_id, lambda seen: seen["mail"] == state, seconds=40)

    return {address: came_back(address, state) for address, state in RETURNED.items()}


@pytest.mark.parametrize("address", RETURNED)
def test_mail_that_comes_back_is_told_on_the_page(
    named: Stack, returned: dict[str, dict[str, Any]], address: str
) -> None:
    status = returned[address]
    assert status["state"] == "complete"
    results = f"/batches/{status['batch_id']}/results"
    page = Service(named.url).call(results, headers={"Accept": "text/html"}).body.decode()
    assert status["notices"][-1].partition(":")[0].split(";")[0] in page
    assert address not in page


@pytest.mark.usefixtures("returned")
def test_who_complained_is_written_to_no_more(named: Stack) -> None:
    answer = Service(named.url).post("/batches", **(REQUEST | {"email": COMPLAINT}))
    assert (answer.status, answer.json()["errors"][0]["column"]) == (422, "email")


# A blocked address --------------------------------------------------------------------------------------


def test_an_address_is_blocked_by_the_button_that_its_mail_leads_to(named: Stack) -> None:
    service, address = Service(named.url), "Blocked.One@example.org"
    mailed(service, email=address)
    link = link_in(wait_for_email(named.emulator.url, address))
    page = httpx.get(link, timeout=30)
    assert (page.status_code, address in page.text) == (200, False)
    assert service.post("/batches", **(REQUEST | {"email": address})).status == 202  # a GET changes nothing
    assert press(link, "block").status_code == 303
    for spelling in (address, "blockedone+x@example.org"):
        answer = service.post("/batches", **(REQUEST | {"email": spelling}))
        assert (answer.status, answer.json()["errors"][0]["column"]) == (422, "email")
    assert service.post("/batches", **REQUEST).status == 202
    press(link, "allow")
    assert service.post("/batches", **(REQUEST | {"email": address})).status == 202


def test_a_chain_of_who_was_blocked_goes_on_without_mail(named: Stack) -> None:
    service, address = Service(named.url), "goes-on@example.org"
    table = "ra,dec\n" + "65.497627,19.535070\n65.5,19.54\n65.49,19.53\n"
    first = mailed(service, email=address, table=table, bands="J,H,K", size=60)
    press(link_in(wait_for_email(named.emulator.url, address)), "block")
    second = service.post(f"/batches/{first['batch_id']}/resubmit")
    assert second.status == 202
    assert service.wait(second.json()["batch_id"])["state"] == "complete"
    assert len(to(named, address)) == 1


# Confirmation -------------------------------------------------------------------------------------------


def test_an_address_is_asked_once_and_its_messages_come_when_it_is_confirmed(asking: Stack) -> None:
    service, address = Service(asking.url), "new@example.org"
    held = [mailed(service, email=address, label=f"held {n}") for n in range(2)]
    assert [(status["state"], status["mail"]) for status in held] == [("complete", "held")] * 2
    (asked,) = to(asking, address)
    assert not any(status["batch_id"] in asked.text + asked.html for status in held)
    assert httpx.get(link_in(asked), timeout=30).status_code == 200
    assert len(to(asking, address)) == 1
    assert press(link_in(asked), "confirm").status_code == 303
    for status in held:
        service.wait(status["batch_id"], lambda seen: seen["mail"] == "sent")
    press(link_in(asked), "confirm")
    assert mailed(service, email=address)["mail"] == "sent"
    told = [email.text for email in to(asking, address)]
    assert len(told) == 4
    assert all(sum(status["batch_id"] in text for text in told) == 1 for status in held)
