"""The calls that send a request: their path, their media type, and what comes back as."""

from __future__ import annotations

from typing import Any

import pytest

from skybatch.client.models import Batch, CheckedTable, Plan
from skybatch.client.request_calls import RequestCalls
from tests.support.servers.made_batches import PLAN

BATCH_ID = "0" * 32
RESPONSES: dict[str, dict[str, Any]] = {
    "/tables": {"rows": [], "columns": [], "notices": ["read"], "errors": []},
    "/plans": PLAN,
    "/batches": {
        "batch_id": BATCH_ID,
        "status_url": f"http://sky.test/batches/{BATCH_ID}",
        "results_url": f"http://sky.test/batches/{BATCH_ID}/results",
        "rows": 1,
        "notices": [],
    },
}


class FakeTransport:
    server = "https://sky.example.org"

    """Answers by path, and keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, bytes, dict[str, str]]] = []

    def request_json(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        self.sent.append((method, path, body, headers))
        return RESPONSES[path]

    def request_bytes(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        self.sent.append((method, path, body, headers))
        return b"ra,dec\n"


@pytest.fixture
def calls() -> RequestCalls:
    client = RequestCalls()
    client._transport = FakeTransport()  # type: ignore[assignment]
    return client


def sent(calls: RequestCalls) -> tuple[str, str, bytes, dict[str, str]]:
    (only,) = calls._transport.sent  # type: ignore[attr-defined]
    return only  # type: ignore[no-any-return]


def test_a_table_is_checked_planned_and_submitted_at_its_own_address(calls: RequestCalls) -> None:
    table = "ra,dec\n1,2\n"
    assert isinstance(calls.check(table), CheckedTable)
    assert isinstance(calls.plan(table), Plan)
    assert isinstance(calls.submit(table, idempotency_key="k"), Batch)
    addresses = [(method, path) for method, path, _, _ in calls._transport.sent]  # type: ignore[attr-defined]
    assert addresses == [("POST", "/tables"), ("POST", "/plans"), ("POST", "/batches")]


def test_only_a_submission_has_an_idempotency_key(calls: RequestCalls) -> None:
    calls.plan(mode="region", center="m83", diameter=0.1)
    method, _, _, headers = sent(calls)
    assert (method, sorted(headers)) == ("POST", ["Content-Type"])
    calls.submit(mode="region", center="m83", diameter=0.1, idempotency_key="mine")
    assert calls._transport.sent[-1][3]["Idempotency-Key"] == "mine"  # type: ignore[attr-defined]


def test_an_understood_table_comes_in_the_format_asked_for(calls: RequestCalls) -> None:
    assert calls.understood_table("ra,dec\n1,2\n", format="csv") == b"ra,dec\n"
    assert sent(calls)[1] == "/tables?format=csv"
