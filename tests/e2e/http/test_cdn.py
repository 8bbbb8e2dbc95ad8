"""Behind a CDN: callers are counted one by one, and who comes past it can name nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from local.stack import Stack
from tests.support.servers.cdn import cdn

pytestmark = pytest.mark.e2e

SECRET = "s3cret-of-the-cdn-s3cret-of-the-cdn"
MOST = 2
REQUEST: dict[str, Any] = {"mode": "positions", "table": "ra,dec\n65.497627,19.535070\n", "size": 30}


@pytest.fixture(scope="module")
def stack(start_stack: Callable[..., Stack]) -> Stack:
    """A service whose callers may start two batches a day each, with a secret that is being replaced."""
    return start_stack(parameters={"OriginSecret": f"{SECRET},next", "MaxDailyFromCaller": str(MOST)})


@pytest.fixture(scope="module")
def edge(stack: Stack) -> Iterator[str]:
    with cdn(stack.url, SECRET) as url:
        yield url


def started(
    url: str, address: str, calls: int = MOST + 1, headers: dict[str, str] | None = None
) -> list[int]:
    """Start batches from an address of this machine; the statuses."""
    transport = httpx.HTTPTransport(local_address=address)
    with httpx.Client(transport=transport, headers=headers, timeout=60) as client:
        return [client.post(f"{url}/batches", json=REQUEST).status_code for _ in range(calls)]


def test_callers_behind_the_cdn_are_counted_one_by_one(edge: str) -> None:
    assert started(edge, "127.0.0.5") == [202, 202, 429]
    assert started(edge, "127.0.0.6") == [202, 202, 429]


def test_a_caller_cannot_pass_for_another_through_the_cdn(edge: str) -> None:
    assert started(edge, "127.0.0.7", headers={"X-Viewer-Address": "127.0.0.99"}) == [202, 202, 429]
    assert started(edge, "127.0.0.99", 1) == [202]


@pytest.mark.parametrize(("address", "secret"), [("127.0.0.8", ""), ("127.0.0.9", "guessed")])
def test_who_comes_past_the_cdn_is_counted_by_its_own_address(
    stack: Stack, address: str, secret: str
) -> None:
    """However many addresses it names."""
    statuses = []
    for n in range(MOST + 1):
        named = {"X-Viewer-Address": f"203.0.113.{n}", "X-Forwarded-For": f"203.0.113.{n}, 10.0.0.1"}
        shown = {"X-Origin-Verify": secret} if secret else {}
        statuses += started(stack.url, address, 1, named | shown)
    assert statuses == [202, 202, 429]


def test_the_secret_is_in_no_answer(edge: str) -> None:
    for path in ("/", "/health", "/openapi.json", "/nothing", "/batches/x"):
        assert SECRET not in httpx.get(edge + path, timeout=60).text
