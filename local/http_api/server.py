"""An HTTP API's own address: requests of one connection, as they came over the wire, to the API."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from local.gateway import ForwardingHandler, Gateway, serve_gateway
from local.http_api.api import HttpApi
from local.http_api.request import MAX_BODY_BYTES, MAX_HEAD_BYTES, ApiRequest

# Python refuses more than 100 headers; API Gateway has a limit of their bytes alone.
http.client._MAXHEADERS = MAX_HEAD_BYTES  # type: ignore[attr-defined]


# A target may be a whole address (RFC 9112, section 3.2.2).
_ABSOLUTE = re.compile(r"^https?://[^/?]*", re.IGNORECASE)


class ApiHandler(ForwardingHandler):
    """Answers the requests of one connection by the API of its server, 503 until there is one."""

    api: HttpApi | None = None
    max_body_bytes = MAX_BODY_BYTES

    def _forward(self) -> None:
        body = self._body()
        if body is None:
            return
        if self.api is None:
            self._plain(503, "the stack is not up yet")
            return
        target = _ABSOLUTE.sub("", self.path) or "/"
        if not target.isascii():
            self._plain(400, "Bad Request")
            return
        request = ApiRequest(self.command, target, tuple(self.headers.items()), body, self.client_address[0])
        try:
            answer = self.api.respond(request)
        except OSError as error:
            self._plain(502, str(error))
            return
        self._answer(answer.status, answer.headers, answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _forward  # noqa: N815

    def _plain(self, status: int, text: str) -> None:
        body = json.dumps({"message": text}).encode()
        self._answer(status, [("Content-Type", "application/json")], body)


class PublicAddress:
    """The address people use, and the API behind it, once there is one."""

    def __init__(self, server: Gateway, handler: type[ApiHandler]) -> None:
        self._server, self._handler = server, handler

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return self._server.url

    @property
    def domain(self) -> str:
        """Its host and port."""
        return self.url.partition("://")[2]

    def open(self, api: HttpApi) -> None:
        """Answer by this API from now on."""
        self._handler.api = api


@contextmanager
def serve_api(port: int = 0) -> Iterator[PublicAddress]:
    """Listen for the length of a ``with`` block. Raises OSError for a port that is taken."""
    handler = type("_Handler", (ApiHandler,), {})
    with serve_gateway(port, handler) as server:
        yield PublicAddress(server, handler)
