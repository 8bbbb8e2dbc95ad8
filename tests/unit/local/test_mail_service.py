"""The stand-in for SES keeps what the emulator drops, and mail to the simulator comes back."""

from __future__ import annotations

from typing import Any

import pytest

from local.mail_service import SentMessages, envelope, returned_events
from skybatch.notification.email import Message
from skybatch.notification.mailer import SesMailer


def request(address: str, configuration_set: str = "sky-mail") -> dict[str, Any]:
    message = Message("s", "t", "h", {"References": "<a@b>"}, {"batch": "b" * 32})
    mailer = SesMailer(None, "sky@example.org", "Sky", "help@example.org", configuration_set)
    return mailer.parameters(address, message)


def test_the_headers_of_a_message_are_those_that_ses_was_given() -> None:
    headers = dict(SentMessages({"id": request("you@example.org")}).headers("id"))
    assert (headers["Reply-To"], headers["References"]) == ("help@example.org", "<a@b>")
    assert list(SentMessages().headers("another")) == []


@pytest.mark.parametrize(
    ("address", "kinds"),
    [
        ("bounce@simulator.amazonses.com", ["Bounce"]),
        ("bounce+label@simulator.amazonses.com", ["Bounce"]),
        ("suppressionlist@simulator.amazonses.com", ["Bounce"]),
        ("complaint@simulator.amazonses.com", ["Complaint"]),
        ("success@simulator.amazonses.com", []),
        ("bounce@example.org", []),
    ],
)
def test_mail_to_the_simulator_comes_back(address: str, kinds: list[str]) -> None:
    events = list(returned_events("id", request(address)))
    assert [detail["eventType"] for _, detail in events] == kinds
    for kind, detail in events:
        tags = envelope(kind, detail)["detail"]["mail"]["tags"]
        assert tags == {"batch": ["b" * 32], "ses:configuration-set": ["sky-mail"]}


def test_nothing_is_told_without_a_configuration_set() -> None:
    assert list(returned_events("id", request("bounce@simulator.amazonses.com", ""))) == []
