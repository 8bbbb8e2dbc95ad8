"""A server in a thread answers while its block lasts, and ends with it."""

from __future__ import annotations

import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from local.server_thread import running


class Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


def answered(url: str) -> int:
    with urllib.request.urlopen(url) as answer:
        return int(answer.status)


def test_it_answers_while_its_block_lasts_and_then_gives_its_port_back() -> None:
    with running(ThreadingHTTPServer(("127.0.0.1", 0), Empty)) as url:
        assert answered(url) == 204
    again = ThreadingHTTPServer(("127.0.0.1", int(urlsplit(url).port or 0)), Empty)
    with running(again) as same:
        assert (same, answered(same)) == (url, 204)


def test_it_ends_where_its_block_raises() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    with pytest.raises(ZeroDivisionError), running(server):
        raise ZeroDivisionError
    assert server.fileno() == -1
