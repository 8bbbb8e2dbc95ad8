"""A response ends at its deadline, whatever the service sends until then."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from skybatch.names.connections import make_pool
from skybatch.names.query import fetch
from tests.support.servers.raw_server import Send, raw_server, response


def continue_for_ever(path: str, send: Send) -> None:
    for _ in range(2000):
        send(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.005)


def headers_byte_by_byte(path: str, send: Send) -> None:
    send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(200):
        send(b"a")
        time.sleep(0.05)


def body_byte_by_byte(path: str, send: Send) -> None:
    send(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n")
    for _ in range(200):
        send(b"a")
        time.sleep(0.05)


@pytest.mark.parametrize("behave", [continue_for_ever, headers_byte_by_byte, body_byte_by_byte])
def test_a_response_without_end_is_a_timeout(behave: object) -> None:
    assert callable(behave)
    with raw_server(behave) as url, pytest.raises(TimeoutError):
        fetch(f"{url}/name", make_pool(1), 0.4)


def test_a_connection_serves_again_after_a_response() -> None:
    pool = make_pool(1)
    with raw_server(lambda path, send: send(response(200, path))) as url:
        assert [fetch(f"{url}/{n}", pool, 5.0) for n in range(3)] == [
            (200, f"/{n}".encode()) for n in range(3)
        ]


def test_connections_are_kept_and_each_request_has_its_own_deadline() -> None:
    clients: set[object] = set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            clients.add(self.client_address)
            time.sleep(0.2)
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"body")

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    pool = make_pool(1)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        assert [fetch(url, pool, seconds) for seconds in (2.0, 9.0, 2.0)] == [(200, b"body")] * 3
        pool.clear()
        server.shutdown()
    assert len(clients) == 1
