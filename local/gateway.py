"""A loopback port whose requests go on to another address as they are."""

from __future__ import annotations

import http.client
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from local.server_thread import running

# Of one connection only (RFC 9110 section 7.6.1), so not passed on; the rest goes through untouched.
HOP_BY_HOP = {
    "connection",
    "content-length",
    "date",
    "host",
    "keep-alive",
    "proxy-connection",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
MAX_BODY_BYTES = 10_000_000  # API Gateway's own limit for a request; it answers 413 above
MAX_DISCARDED_BYTES = 200_000_000
UPSTREAM_TIMEOUT = 60.0
IDLE_SECONDS = 30.0  # the emulator closes a connection after 75


class Gateway(ThreadingHTTPServer):
    """Listens from the start; answers 503 until `target`, the API's base URL, is known."""

    daemon_threads = True
    request_queue_size = 64
    target: str | None = None

    def __init__(self, port: int, handler: type[ForwardingHandler]) -> None:
        """Bind ``port`` on the loopback interface, or any free one if it is 0. OSError if it is taken."""
        try:
            super().__init__(("127.0.0.1", port), handler)
        except OSError as error:
            raise OSError(f"port {port} of 127.0.0.1 cannot be had: {error.strerror}") from error

    @property
    def url(self) -> str:
        """The address people use."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that close the connection; print the traceback of anything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serve_gateway(port: int = 0, handler: type[ForwardingHandler] | None = None) -> Iterator[Gateway]:
    """Serve for the length of a ``with`` block; ``handler`` may do more with requests than pass them on."""
    server = Gateway(port, handler or ForwardingHandler)
    with running(server):
        yield server


class ForwardingHandler(BaseHTTPRequestHandler):
    """Passes the requests of one connection on to the server's target, by one connection too.

    One for each request would leave more of them waiting to be forgotten than loopback has ports.
    """

    server: Gateway
    max_body_bytes: int = MAX_BODY_BYTES
    upstream: http.client.HTTPConnection | None = None
    used: float = 0.0
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _forward(self) -> None:
        body = self._body()
        if body is None:
            return
        if self.server.target is None:
            self._plain(503, "the stack is not up yet")
            return
        try:
            status, headers, content = self._ask(self.server.target, body)
        except (OSError, http.client.HTTPException) as error:
            self._plain(502, f"the emulator did not answer: {error}")
            return
        self._answer(status, headers, content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _forward  # noqa: N815

    def _body(self) -> bytes | None:
        """Read the request's body; None where the request was refused for it."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            try:
                return self._chunks()
            except ValueError:
                self._refuse(400, "the body's chunks cannot be read")
                return None
        try:
            length = content_length(self.headers.get_all("Content-Length", []))
        except ValueError as error:
            self._refuse(400, str(error))
            return None
        if length > self.max_body_bytes:
            self._refuse(413, "Request Entity Too Large")
            self._discard(length)
            return None
        return self._whole(self.rfile.read(length), length)

    def _whole(self, body: bytes, length: int) -> bytes | None:
        """Return a body of its length; one that broke off is refused, as far as anyone still listens."""
        if len(body) == length:
            return body
        self._refuse(400, "the body is shorter than its Content-Length")
        return None

    def _chunks(self) -> bytes | None:
        """Read a chunked body (RFC 9112, section 7.1), which API Gateway accepts too."""
        body = bytearray()
        while length := chunk_length(self.rfile.readline(1024)):
            if len(body) + length > self.max_body_bytes:
                self._refuse(413, "Request Entity Too Large")
                return None
            chunk = self.rfile.read(length)
            if len(chunk) < length or self.rfile.readline(1024).strip():
                raise ValueError("a chunk is not of its length")
            body += chunk
        while self.rfile.readline(65536).strip():
            pass  # trailers
        return bytes(body)

    def _refuse(self, status: int, reason: str) -> None:
        self.close_connection = True  # the body was not read, so nothing after it can be
        self._plain(status, reason)

    def _discard(self, length: int) -> None:
        """Read on, so that a client still sending sees the answer and not a connection reset."""
        left = min(length, MAX_DISCARDED_BYTES)
        while left > 0 and (piece := self.rfile.read(min(left, 1 << 16))):
            left -= len(piece)

    def _ask(self, target: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        base = urlsplit(target)
        connection = self._take(base.hostname or "", base.port)
        try:
            connection.putrequest(self.command, base.path + self.path, skip_accept_encoding=True)
            for name, value in _passed_on(self.headers.items()):
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            told = answer.status, answer.getheaders(), answer.read()
        except BaseException:
            connection.close()
            raise
        self._release()
        self.upstream, self.used = connection, time.monotonic()
        return told

    def _take(self, host: str, port: int | None) -> http.client.HTTPConnection:
        """Take the kept connection, so that no other request uses it, or open a new one."""
        kept, self.upstream = self.upstream, None
        fresh = time.monotonic() - self.used < IDLE_SECONDS
        if kept is not None and (kept.host, kept.port) == (host, port) and fresh:
            return kept
        if kept is not None:
            kept.close()
        return http.client.HTTPConnection(host, port, timeout=UPSTREAM_TIMEOUT)

    def _release(self) -> None:
        kept, self.upstream = self.upstream, None
        if kept is not None:
            kept.close()

    def finish(self) -> None:
        """Close the upstream connection together with the client's."""
        self._release()
        super().finish()

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in _passed_on(headers):
            self.send_header(name, value)
        told = {name.lower(): value for name, value in headers}.get("content-length")
        length = told if self.command == "HEAD" and told else str(len(content))
        if status != 204:
            self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _plain(self, status: int, text: str) -> None:
        self._answer(status, [("Content-Type", "text/plain; charset=utf-8")], f"{text}\n".encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a batch id in a path opens its batch, and stays out of logs."""


def content_length(values: Sequence[str]) -> int:
    """Return the length that a request's Content-Length headers give, 0 without one.

    Raises ValueError for what is no number, or for several that differ (RFC 9112, section 6.3).
    """
    lengths = {one.strip() for value in values for one in value.split(",")}
    length = min(lengths, default="0")
    if len(lengths) > 1 or not (length.isascii() and length.isdigit() and len(length) < 20):
        raise ValueError(f"the Content-Length {', '.join(values)!a} is no number of bytes")
    return int(length)


def chunk_length(line: bytes) -> int:
    """Return the length in the first line of a chunk. Raises ValueError for what is no hexadecimal number."""
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > 16 or set(digits) - set(b"0123456789abcdefABCDEF"):
        raise ValueError(f"{line!r} is no length of a chunk")
    return int(digits, 16)


def _passed_on(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]
