"""Faults between a client and the service: a proxy on its way to the API and to signed URLs alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from local.gateway import ForwardingHandler, serve_gateway
from tests.e2e.faults import Fault, Faults, lost

__all__ = ["between", "cut", "delayed", "lost", "reset"]

# An answer's status, headers and body.
Told = tuple[int, list[tuple[str, str]], bytes]

# Signed URLs are led back through the proxy below this path, with their own host and port after it.
SIGNED = "/signed-at/"


class _Between(ForwardingHandler):
    faults: Faults

    def _forward(self) -> None:
        if not self.faults.apply(self):
            super()._forward()

    do_GET = do_HEAD = do_POST = do_OPTIONS = _forward  # noqa: N815

    def _ask(self, target: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        if self.path.startswith(SIGNED):
            host, _, path = self.path.removeprefix(SIGNED).partition("/")
            target, self.path = f"http://{host}", f"/{path}"
        return super()._ask(target, body)

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        led = [
            (name, self._led_back(value) if name.lower() == "location" else value) for name, value in headers
        ]
        super()._answer(status, led, content)

    def _led_back(self, location: str) -> str:
        url = urlsplit(location)
        return f"{self.server.url}{SIGNED}{url.netloc}{url.path}?{url.query}" if url.query else location


@contextmanager
def between(url: str, faults: Faults) -> Iterator[str]:
    """A proxy to the service at ``url`` with these faults; its address."""
    with serve_gateway(handler=type("_Handler", (_Between,), {"faults": faults})) as server:
        server.target = url
        yield server.url


def altered(change: Callable[[int, list[tuple[str, str]], bytes], Told]) -> Fault:
    """Change the status, the headers or the body of the answer."""

    def fault(request: ForwardingHandler) -> bool:
        told = request._ask(request.server.target or "", request._body() or b"")
        request._answer(*change(*told))
        return True

    return fault


def reset(request: ForwardingHandler) -> bool:
    """Break the connection without an answer, the request unread."""
    request.close_connection = True
    return True


def cut(count: int) -> Fault:
    """Break the connection after so many bytes of the answer's body."""

    def fault(request: ForwardingHandler) -> bool:
        status, headers, content = request._ask(request.server.target or "", request._body() or b"")
        send = request.wfile.write
        ends = min(count, max(0, len(content) - 1))
        request.wfile.write = lambda data: send(data[:ends] if data is content else data)  # type: ignore[method-assign]
        request._answer(status, headers, content)
        request.close_connection = True
        return True

    return fault


def delayed(seconds: float) -> Fault:
    """Go on only after a while."""

    def fault(_: ForwardingHandler) -> bool:
        time.sleep(seconds)
        return False

    return fault
