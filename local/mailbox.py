"""Emails the service sent, read from the emulator's mail store; each kept as an .eml file."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.3


@dataclass(frozen=True)
class Email:
    """One email as SES took it; ``sent`` in seconds since 1970."""

    message_id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    sent: float
    headers: tuple[tuple[str, str], ...] = ()

    def eml(self) -> bytes:
        """Format the email as an RFC 5322 message that mail programs open."""
        message = EmailMessage()
        message["From"], message["To"] = self.sender, ", ".join(self.to)
        message["Subject"], message["Date"] = self.subject, formatdate(self.sent)
        message["Message-ID"] = f"<{self.message_id}>"
        for name, value in self.headers:
            message[name] = value
        message.set_content(self.text)
        if self.html:
            message.add_alternative(self.html, subtype="html")
        return message.as_bytes()


# (identifier of a message) -> its header fields, beside those that SES writes.
HeadersOf = Callable[[str], Iterable[tuple[str, str]]]


def no_headers(_: str) -> Iterable[tuple[str, str]]:
    """Know no header field of any message."""
    return ()


def emails(emulator_url: str, headers_of: HeadersOf = no_headers) -> list[Email]:
    """Every email sent so far, oldest first. OSError if the emulator does not answer."""
    with urllib.request.urlopen(f"{emulator_url}/_ministack/ses/messages", timeout=10) as answer:
        accounts: dict[str, list[dict[str, Any]]] = json.load(answer)["messages"]
    found = [_email(record, headers_of) for records in accounts.values() for record in records]
    return sorted(found, key=lambda email: email.sent)


def _email(record: dict[str, Any], headers_of: HeadersOf) -> Email:
    return Email(
        message_id=record["MessageId"],
        sender=record["Source"],
        to=tuple(record["To"]),
        subject=record["Subject"],
        text=record["BodyText"] or "",
        html=record["BodyHtml"] or "",
        sent=float(record["Timestamp"]),
        headers=tuple(headers_of(record["MessageId"])),
    )


@contextmanager
def watched(
    emulator_url: str,
    folder: Path,
    announce: Callable[[Email, Path], None],
    headers_of: HeadersOf = no_headers,
) -> Iterator[None]:
    """Keep each new email in ``folder`` and announce it, for the length of a ``with`` block."""
    folder.mkdir(parents=True, exist_ok=True)
    ended = threading.Event()
    arguments = (emulator_url, folder, announce, ended, headers_of)
    thread = threading.Thread(target=_watch, args=arguments, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _watch(
    url: str,
    folder: Path,
    announce: Callable[[Email, Path], None],
    ended: threading.Event,
    headers_of: HeadersOf,
) -> None:
    kept = 0
    while True:
        last_look = ended.is_set()  # one more look after the end, so that none is missed
        for email in _reachable_emails(url, headers_of)[kept:]:
            kept += 1
            path = folder / f"{kept:03d}-{_slug(email.subject)}.eml"
            path.write_bytes(email.eml())
            announce(email, path)
        if last_look:
            return
        ended.wait(POLL_SECONDS)


def _reachable_emails(url: str, headers_of: HeadersOf) -> list[Email]:
    """Return the emails, or none while the emulator is too busy to answer: the next poll finds them."""
    try:
        return emails(url, headers_of)
    except (OSError, http.client.HTTPException):  # it may end in the middle of an answer
        return []


def _slug(subject: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", subject).strip("-")[:60] or "no-subject"


def wait_for_email(emulator_url: str, to: str, *, seconds: float = 30.0) -> Email:
    """Wait for the first email to an address. TimeoutError if none comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for email in emails(emulator_url):
            if to in email.to:
                return email
        time.sleep(POLL_SECONDS)
    raise TimeoutError(f"no email to {to} within {seconds:g} s")
