"""Faults of the fake server: answers refused, connections closed, bodies that break off."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from tests.support.servers.fake_server import Fault, Handler


def times(count: int, word: str, fault: Callable[[Handler], None]) -> Fault:
    """Apply a fault to the first ``count`` requests whose path has ``word`` in it."""
    left = [count]

    def sometimes(handler: Handler) -> bool:
        if word not in handler.path or left[0] <= 0:
            return False
        left[0] -= 1
        fault(handler)
        return True

    return sometimes


def always(fault: Callable[[Handler], None]) -> Fault:
    """Apply a fault to every request."""
    return times(sys.maxsize, "", fault)


def respond(status: int, body: bytes, headers: dict[str, str] | None = None) -> Callable[[Handler], None]:
    """Send a response of this body."""
    return lambda handler: handler.answer(status, body, headers or {})


def reset(handler: Handler) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True


def cut_after(count: int) -> Callable[[Handler], None]:
    """Answer a stored file as asked, and break off after so many bytes."""

    def fault(handler: Handler) -> None:
        whole = handler.answer

        def broken(status: int, body: bytes, headers: dict[str, str], cut: int | None = None) -> None:
            whole(status, body, headers, cut=min(count, max(0, len(body) - 1)))

        handler.answer = broken  # type: ignore[method-assign]
        handler._get()

    return fault


def refuse(status: int, code: str = "transient", **headers: str) -> Callable[[Handler], None]:
    """Answer with a problem."""

    def fault(handler: Handler) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = json.dumps({"status": status, "code": code, "detail": "told to fail"}).encode()
        handler.answer(status, body, {"Content-Type": "application/problem+json", **named})

    return fault
