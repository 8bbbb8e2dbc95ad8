"""A server that sends prepared bytes, whatever HTTP thinks of them."""

from __future__ import annotations

import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local.server_thread import running

Send = Callable[[bytes], object]


@contextmanager
def raw_server(answer: Callable[[str, Send], object]) -> Iterator[str]:
    """Run a server that calls ``answer`` with each request's path and a way to send; give its base URL."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().decode().split()[1]
            while self.rfile.readline().strip():
                pass
            try:
                answer(path, self.request.sendall)
            except OSError:
                return  # the client went away

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with running(server) as url:
        yield url


def response(status: int, body: str = "", **headers: str) -> bytes:
    """A whole response after which the connection ends."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = [
        f"HTTP/1.1 {status} Whatever",
        *lines,
        f"Content-Length: {len(body)}",
        "Connection: close",
        "",
        body,
    ]
    return "\r\n".join(head).encode()
