"""An S3 on 127.0.0.1 that refuses what AWS refuses, for boto3 and obstore, with faults between.

`FakeS3.memory` holds the one bucket that every name leads to. A fault is asked before each request; it
returns True where it has dealt with it. `s3_faults` has what can go wrong.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from obstore.store import S3Store

from local.server_thread import running
from skybatch.storage.s3 import CONNECT_TIMEOUT, FUNCTION_RETRIES, FunctionBucket
from tests.support.aws.s3_memory import S3Memory
from tests.support.aws.s3_operations import OPERATIONS, Answer
from tests.support.aws.s3_rules import Refused

BUCKET = "bucket"
_KEYS = {"access_key_id": "test", "secret_access_key": "test"}


@dataclass
class FakeS3:
    """The running server: its objects, faults, and the requests it saw as ``PUT key?query``."""

    url: str = ""
    memory: S3Memory = field(default_factory=S3Memory)
    faults: list[Fault] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def store(self, **client_options: Any) -> S3Store:
        """Return an obstore store as functions open it, with options of its HTTP client."""
        options: Any = {"allow_http": True, "connect_timeout": CONNECT_TIMEOUT, **client_options}
        config: Any = {"endpoint": self.url, "region": "us-east-1", **_KEYS}
        return FunctionBucket(BUCKET, config=config, client_options=options, retry_config=FUNCTION_RETRIES)

    def client(self) -> Any:
        """Return a boto3 client."""
        keys = {f"aws_{name}": value for name, value in _KEYS.items()}
        return boto3.client("s3", endpoint_url=self.url, region_name="us-east-1", **keys)

    def count(self, verb: str) -> int:
        """Count the requests of a verb."""
        return sum(line.startswith(f"{verb} ") for line in self.seen)


class S3Request(BaseHTTPRequestHandler):
    """One request, read whole before anything is done with it."""

    protocol_version = "HTTP/1.1"
    fake: FakeS3
    served: int = 0  # requests of this connection so far

    def _serve(self) -> None:
        self.served += 1
        url = urlsplit(self.path)
        self.key = unquote(url.path).lstrip("/").partition("/")[2]
        self.query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        self.body = _body(self)
        self.given = {name.lower(): value for name, value in self.headers.items()}
        self.fake.seen.append(f"{self.command} {self.key}{'?' * bool(url.query)}{url.query}")
        if not any(fault(self) for fault in list(self.fake.faults)):
            self.answer()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815

    def answer(self) -> None:
        """Do what is asked and send the answer."""
        self.send(*self.perform())

    def perform(self) -> Answer:
        """Do what is asked; return status, headers and body of the answer."""
        try:
            return OPERATIONS[self.command](self)
        except Refused as refused:
            return refused.status, {"content-type": "application/xml"}, refused.xml()

    def send(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Send an answer."""
        self.send_headers(status, {"content-length": str(len(body)), **headers})
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_headers(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the beginning of an answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def reset(self) -> None:
        """Break the connection with RST, as a host does that has forgotten it."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # The server would say FIN first; a duplicate that is closed without it sends RST.
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


Fault = Callable[[S3Request], bool]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def shutdown_request(self, request: Any) -> None:
        if request.fileno() != -1:
            super().shutdown_request(request)

    def handle_error(self, *_: Any) -> None:
        """Clients that go away are no news."""


@contextmanager
def fake_s3(*faults: Fault) -> Iterator[FakeS3]:
    """Run the server with these faults until the block ends."""
    fake = FakeS3(faults=list(faults))
    server = _Server(("127.0.0.1", 0), type("_Handler", (S3Request,), {"fake": fake}))
    with running(server) as fake.url:
        try:
            yield fake
        finally:
            fake.closing.set()


def _body(request: S3Request) -> bytes:
    """Read the body, out of the signed chunks that botocore sends over HTTP."""
    body = request.rfile.read(int(request.headers.get("content-length") or 0))
    if "aws-chunked" not in request.headers.get("content-encoding", ""):
        return body
    chunks = []
    while body:
        head, _, body = body.partition(b"\r\n")
        length = int(head.partition(b";")[0], 16)
        if length == 0:
            break
        chunks.append(body[:length])
        body = body[length + 2 :]
    return b"".join(chunks)
