"""Emails become files that mail programs open, each once."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from local.mailbox import Email, emails, wait_for_email, watched
from local.server_thread import running

RECORDS: list[dict[str, Any]] = []


def record(number: int, to: str = "astronomer@example.org") -> dict[str, Any]:
    return {
        "MessageId": f"m{number}@email",
        "Source": "skybatch@example.org",
        "To": [to],
        "Subject": f"Batch {number}: 3 images",
        "BodyText": "Three images at 20″.",
        "BodyHtml": "<p>Three images</p>",
        "Timestamp": 1_700_000_000 + number,
    }


class Store(BaseHTTPRequestHandler):
    """Stands for the emulator's mail store."""

    def do_GET(self) -> None:
        body = json.dumps({"messages": {"000000000000": RECORDS}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def store() -> Iterator[str]:
    RECORDS.clear()
    with running(ThreadingHTTPServer(("127.0.0.1", 0), Store)) as url:
        yield url


def test_the_file_has_the_headers_that_ses_was_given() -> None:
    sent = Email("m1@email", "a@b.org", ("c@d.org",), "s", "t", "", 0.0, (("References", "<x@y>"),))
    assert message_from_bytes(sent.eml(), policy=policy.default)["References"] == "<x@y>"


def test_every_email_is_kept_once_in_order(store: str, tmp_path: Path) -> None:
    seen: list[tuple[str, str]] = []
    RECORDS.append(record(1))
    with watched(store, tmp_path / "mail", lambda email, path: seen.append((email.subject, path.name))):
        wait_for_email(store, "astronomer@example.org", seconds=5)
        RECORDS.append(record(2))
    assert seen == [
        ("Batch 1: 3 images", "001-Batch-1-3-images.eml"),
        ("Batch 2: 3 images", "002-Batch-2-3-images.eml"),
    ]
    assert sorted(path.name for path in (tmp_path / "mail").iterdir()) == [name for _, name in seen]


def test_a_store_that_ends_in_the_middle_of_an_answer_disturbs_nobody(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        watched(f"http://127.0.0.1:{server.getsockname()[1]}", tmp_path, lambda email, path: None),
    ):
        for answer in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"):
            connection, _ = server.accept()
            connection.recv(1000)
            connection.sendall(answer)
            connection.close()
        server.close()


def test_an_eml_file_reads_back_with_both_bodies(store: str) -> None:
    RECORDS.append(record(1))
    (email,) = emails(store)
    read = message_from_bytes(email.eml(), policy=policy.default)
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    assert text is not None
    assert html is not None
    assert (read["To"], read["Subject"]) == ("astronomer@example.org", "Batch 1: 3 images")
    assert text.get_content().strip() == "Three images at 20″."
    assert html.get_content().strip() == "<p>Three images</p>"


def test_a_line_break_in_a_subject_cannot_forge_a_header() -> None:
    forged = Email("m", "a@example.org", ("b@example.org",), "x\nBcc: c@example.org", "", "", 0.0)
    with pytest.raises(ValueError, match="linefeed"):
        forged.eml()


def test_waiting_for_mail_ends(store: str) -> None:
    RECORDS.append(record(1, to="somebody@example.org"))
    with pytest.raises(TimeoutError, match="no email to nobody"):
        wait_for_email(store, "nobody@example.org", seconds=0.5)
