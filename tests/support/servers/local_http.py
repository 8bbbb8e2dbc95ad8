"""The functions' routes behind a port of this machine, for programs that speak HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local.server_thread import running
from tests.support.servers.http import HttpClient


class Handler(BaseHTTPRequestHandler):
    client: HttpClient

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.replace("-", "_"): value for name, value in self.headers.items()}
        answer = self.client.call(self.command, self.path, body, **headers)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def local_http(client: HttpClient) -> Iterator[str]:
    """Serve a client's routes; the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Handler", (Handler,), {"client": client}))
    with running(server) as url:
        yield url
