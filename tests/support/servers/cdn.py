"""A CDN in front of a service: it tells the caller's address, and shows by a secret that it is the CDN."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from local.gateway import ForwardingHandler, serve_gateway


class CdnHandler(ForwardingHandler):
    """Passes requests on as CloudFront does by cdn.yaml: what a caller says of itself is written over."""

    secret: str

    def _ask(self, target: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        own = {"X-Viewer-Address": self.client_address[0], "X-Origin-Verify": self.secret}
        for name, value in own.items():
            del self.headers[name]
            self.headers[name] = value
        return super()._ask(target, body)


@contextmanager
def cdn(origin: str, secret: str) -> Iterator[str]:
    """Serve a CDN of a service for the length of a ``with`` block; yield its address."""
    with serve_gateway(handler=type("_Handler", (CdnHandler,), {"secret": secret})) as server:
        server.target = origin
        yield server.url
