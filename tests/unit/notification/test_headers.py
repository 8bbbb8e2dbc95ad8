"""Headers of emails: automatic, in one thread, and with a way out that no link alone takes."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from skybatch.notification.email import Message
from skybatch.notification.headers import thread_headers, unsubscribe_headers

BASE = "https://sky.example.org:8443/sky"
LINK = "https://sky.example.org/addresses/" + "a" * 32


def test_no_responder_answers_a_message() -> None:
    given = {each["Name"]: each["Value"] for each in Message("s", "t", "h").to_ses()["Simple"]["Headers"]}
    assert given["Auto-Submitted"] == "auto-generated"


def test_all_messages_of_a_chain_refer_to_one_identifier() -> None:
    first, second = thread_headers("abc", BASE, follows=False), thread_headers("abc", BASE, follows=True)
    assert first["References"] == second["References"] == second["In-Reply-To"] == "<abc@sky.example.org>"
    assert "In-Reply-To" not in first
    assert thread_headers("other", BASE, follows=False) != first
    assert thread_headers("", BASE, follows=False) == {}


def test_a_chain_of_a_service_without_an_address_has_an_identifier_too() -> None:
    assert thread_headers("abc", "", follows=False)["References"] == "<abc@skybatch.invalid>"


def test_mail_programs_offer_to_block_the_address_by_post() -> None:
    given = unsubscribe_headers(LINK)
    assert given == {"List-Unsubscribe": f"<{LINK}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert "List-Unsubscribe-Post" not in unsubscribe_headers("http://127.0.0.1:8080/addresses/x")  # RFC 8058
    assert unsubscribe_headers("") == {}


@pytest.mark.parametrize("headers", [thread_headers("abc", BASE, follows=True), unsubscribe_headers(LINK)])
def test_another_implementation_reads_them(headers: dict[str, str]) -> None:
    message = EmailMessage(SMTP)
    for name, value in headers.items():
        message[name] = value
    assert {name: str(message[name]) for name in headers} == headers
