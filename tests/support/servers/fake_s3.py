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
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import boto3
from obstore.store import S3Store

from local.server_thread import running
from skybatch.storage.s3 import CONNECT_TIMEOUT, FUNCTION_RETRIES, FunctionBucket
from tests.support.servers.s3_memory import S3Memory, S3Object
from tests.support.servers.s3_rules import Refused

BUCKET = "bucket"
_KEYS = {"access_key_id": "test", "secret_access_key": "test"}
_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_PAGE = 1000


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

    def perform(self) -> tuple[int, dict[str, str], bytes]:
        """Do what is asked; return status, headers and body of the answer."""
        try:
            return _OPERATIONS[self.command](self)
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


# Operations ---------------------------------------------------------------------------------------------

Answer = tuple[int, dict[str, str], bytes]


def _get(request: S3Request) -> Answer:
    if not request.key and request.command == "GET":
        return _list_uploads(request) if "uploads" in request.query else _list(request)
    found = request.fake.memory.get(request.key, request.given)
    headers = _headers(request, found)
    asked = request.given.get("range")
    if asked is None:
        return 200, {**headers, "content-length": str(len(found.body))}, found.body
    start, _, last = asked.removeprefix("bytes=").partition("-")
    size = len(found.body)
    first, end = (int(start), int(last or size - 1)) if start else (max(0, size - int(last)), size - 1)
    if first >= size:
        raise Refused(416, "InvalidRange", "The requested range is not satisfiable")
    part = found.body[first : end + 1]
    where = {
        "content-range": f"bytes {first}-{first + len(part) - 1}/{size}",
        "content-length": str(len(part)),
    }
    return 206, {**headers, **where}, part


def _headers(request: S3Request, found: S3Object) -> dict[str, str]:
    kept = {name: found.headers[name] for name in _KEPT if name in found.headers}
    if request.given.get("x-amz-checksum-mode") == "ENABLED" and found.crc32 and "range" not in request.given:
        kept |= {"x-amz-checksum-crc32": found.crc32, "x-amz-checksum-type": "FULL_OBJECT"}
    return {"etag": found.e_tag, "last-modified": format_datetime(found.written, usegmt=True), **kept}


_KEPT = ("content-type", "content-disposition", "content-encoding")


def _list(request: S3Request) -> Answer:
    after = request.query.get("continuation-token") or request.query.get("start-after", "")
    prefix = request.query.get("prefix", "")
    names = [key for key in sorted(request.fake.memory.objects) if key.startswith(prefix) and key > after]
    if delimiter := request.query.get("delimiter"):
        return _list_folder(request, names, len(prefix), delimiter)
    page = names[:_PAGE]
    rows = [(key, request.fake.memory.objects[key]) for key in page]
    listed = "".join(_contents(key, found) for key, found in rows)
    more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if len(names) > _PAGE else ""
    truncated = str(len(names) > _PAGE).lower()
    return _xml(
        "ListBucketResult",
        f"<KeyCount>{len(page)}</KeyCount><IsTruncated>{truncated}</IsTruncated>{more}{listed}",
    )


def _list_folder(request: S3Request, names: list[str], start: int, delimiter: str) -> Answer:
    """Answer a listing with a delimiter, of fewer names than a page."""
    folders = dict.fromkeys(
        name[: name.index(delimiter, start) + 1] for name in names if delimiter in name[start:]
    )
    inside = (name for name in names if delimiter not in name[start:])
    told = [_contents(name, request.fake.memory.objects[name]) for name in inside]
    told += [f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>" for folder in folders]
    return _xml("ListBucketResult", f"<IsTruncated>false</IsTruncated>{''.join(told)}")


def _contents(key: str, found: S3Object) -> str:
    return (
        f"<Contents><Key>{escape(key)}</Key><LastModified>{found.written:%Y-%m-%dT%H:%M:%S}.000Z</LastModified>"
        f"<ETag>{escape(found.e_tag)}</ETag><Size>{len(found.body)}</Size></Contents>"
    )


def _list_uploads(request: S3Request) -> Answer:
    prefix = request.query.get("prefix", "")
    rows = [
        f"<Upload><Key>{escape(upload.key)}</Key><UploadId>{upload_id}</UploadId></Upload>"
        for upload_id, upload in request.fake.memory.uploads.items()
        if upload.key.startswith(prefix)
    ]
    return _xml("ListMultipartUploadsResult", f"<IsTruncated>false</IsTruncated>{''.join(rows)}")


def _put(request: S3Request) -> Answer:
    memory, given = request.fake.memory, request.given
    source = unquote(given.get("x-amz-copy-source", "")).lstrip("/").partition("/")[2]
    if "uploadId" in request.query:
        upload, number = request.query["uploadId"], int(request.query["partNumber"])
        if source:
            tag = memory.copy_part(upload, number, source, given)
            return _xml("CopyPartResult", f"<ETag>{escape(tag)}</ETag>")
        return 200, {"etag": memory.put_part(upload, number, request.body)}, b""
    if source:
        return _xml(
            "CopyObjectResult", f"<ETag>{escape(memory.copy(source, request.key, given).e_tag)}</ETag>"
        )
    if request.key:
        return 200, {"etag": memory.put(request.key, request.body, given).e_tag}, b""
    return 200, {}, b""  # CreateBucket


def _post(request: S3Request) -> Answer:
    memory = request.fake.memory
    if "uploads" in request.query:
        upload = memory.create_upload(request.key, request.given)
        return _xml("InitiateMultipartUploadResult", f"<UploadId>{upload}</UploadId>")
    if "delete" in request.query:
        keys = [
            found.text or "" for found in ElementTree.fromstring(request.body).iter() if _is(found, "Key")
        ]
        for key in keys:
            memory.objects.pop(key, None)
        return _xml("DeleteResult", "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys))
    parts = [
        (int(_text(part, "PartNumber")), _text(part, "ETag"))
        for part in ElementTree.fromstring(request.body).iter()
        if _is(part, "Part")
    ]
    made = memory.complete(request.query["uploadId"], parts, request.given)
    return _xml("CompleteMultipartUploadResult", f"<ETag>{escape(made.e_tag)}</ETag>")


def _is(element: ElementTree.Element, name: str) -> bool:
    return element.tag.removeprefix(_NAMESPACE) == name


def _text(element: ElementTree.Element, name: str) -> str:
    return next(child.text or "" for child in element if _is(child, name))


def _delete(request: S3Request) -> Answer:
    if "uploadId" in request.query:
        request.fake.memory.abort(request.query["uploadId"])
    else:
        request.fake.memory.objects.pop(request.key, None)
    return 204, {}, b""


def _xml(name: str, content: str) -> Answer:
    body = f'<?xml version="1.0"?><{name} xmlns="{_NAMESPACE[1:-1]}">{content}</{name}>'.encode()
    return 200, {"content-type": "application/xml"}, body


_OPERATIONS: dict[str, Callable[[S3Request], Answer]] = {
    "GET": _get,
    "HEAD": _get,
    "PUT": _put,
    "POST": _post,
    "DELETE": _delete,
}
