"""One large file behind HTTP as S3 gives it, which counts what is asked of it."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local.server_thread import running

_RANGE = re.compile(r"bytes=([0-9]+)-([0-9]*)")


@dataclass
class RangeServer:
    """The file's address, and the bytes of the body of each GET.

    ``delay`` seconds pass before an answer, whose body takes as long as ``rate`` bytes a second say.
    """

    content: bytes
    delay: float = 0.0
    rate: float = math.inf
    url: str = ""
    heads: int = 0
    bodies: list[int] = field(default_factory=list)

    def forget(self) -> None:
        """Count from nothing."""
        self.heads = 0
        self.bodies.clear()

    @property
    def bytes_sent(self) -> int:
        """Bytes of all bodies."""
        return sum(self.bodies)

    @property
    def requests(self) -> int:
        """How many requests there were."""
        return self.heads + len(self.bodies)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: RangeServer

    def do_HEAD(self) -> None:
        self.served.heads += 1
        self._head(200, len(self.served.content))

    def do_GET(self) -> None:
        size = len(self.served.content)
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        start, stop = (int(asked[1]), min(int(asked[2] or size), size - 1) + 1) if asked else (0, size)
        self.served.bodies.append(stop - start)
        time.sleep((stop - start) / self.served.rate)
        self._head(206 if asked else 200, stop - start, f"bytes {start}-{stop - 1}/{size}" if asked else "")
        self.wfile.write(memoryview(self.served.content)[start:stop])

    def _head(self, status: int, length: int, part: str = "") -> None:
        time.sleep(self.served.delay)
        self.send_response(status)
        headers = {
            "Content-Length": str(length),
            "Content-Range": part,
            "Accept-Ranges": "bytes",
            "ETag": '"tile"',
            "Last-Modified": "Sat, 28 Nov 2026 00:00:00 GMT",
        }
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def range_server(content: bytes, delay: float = 0.0, rate: float = math.inf) -> Iterator[RangeServer]:
    """Serve a file at any path until the block ends."""
    served = RangeServer(content, delay, rate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Served", (_Handler,), {"served": served}))
    server.daemon_threads = True
    with running(server) as served.url:
        yield served
