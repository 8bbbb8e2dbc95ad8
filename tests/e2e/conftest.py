"""The whole stack, once a session: the real template on the emulator, with the small sample sky."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from local.mailbox import Email, emails, wait_for_email
from local.stack import Plan, Stack, running_stack

# So that a lost worker's message comes back in 12 s, and what is given up is so within a test's patience.
QUICK = {"WorkerTimeout": "2", "DeadlineSeconds": "90"}
ENDED = ("complete", "failed", "cancelled")


@dataclass(frozen=True)
class Service:
    """A running stack as tests use it."""

    stack: Stack
    http: httpx.Client

    @property
    def url(self) -> str:
        """The public address."""
        return self.stack.url

    def client(self, name: str) -> Any:
        """A boto3 client on the emulator."""
        return self.stack.emulator.client(name)

    def submit(self, **body: Any) -> dict[str, Any]:
        """POST a batch as JSON; the answer's object, which must be a 202."""
        answer = self.http.post("/batches", json=body)
        assert answer.status_code == 202, answer.text
        accepted: dict[str, Any] = answer.json()
        return accepted

    def wait(self, batch_id: str, *, seconds: float = 60.0) -> dict[str, Any]:
        """The status of a batch once it has ended."""
        deadline = time.monotonic() + seconds
        while True:
            status: dict[str, Any] = self.http.get(f"/batches/{batch_id}").raise_for_status().json()
            if status["state"] in ENDED:
                return status
            assert time.monotonic() < deadline, f"batch not ended after {seconds:g} s: {status}"
            time.sleep(0.2)

    def file(self, batch_id: str, name: str) -> bytes:
        """A result file, through its redirect."""
        return self.http.get(f"/batches/{batch_id}/files/{name}").raise_for_status().content

    def emails_to(self, address: str) -> list[Email]:
        """Every email that reached an address so far."""
        return [email for email in emails(self.stack.emulator.url) if address in email.to]

    def email_to(self, address: str) -> Email:
        """The first email to an address, waited for."""
        return wait_for_email(self.stack.emulator.url, address)


@pytest.fixture(scope="session")
def start_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Service]]:
    """Starts a stack of one's own for the session: ``start_stack(parameters={…}, archive=…, emulator={…})``."""
    from contextlib import ExitStack

    with ExitStack() as running:

        def start(**wanted: Any) -> Service:
            plan = Plan(
                tmp_path_factory.mktemp("stack"),
                **{"few": True, **wanted, "parameters": QUICK | wanted.get("parameters", {})},
            )
            stack = running.enter_context(running_stack(plan))
            http = httpx.Client(base_url=stack.url, timeout=60, follow_redirects=True)
            return Service(stack, running.enter_context(http))

        yield start


@pytest.fixture(scope="session")
def stack(start_stack: Callable[..., Service]) -> Service:
    """The session's shared stack."""
    return start_stack()
