"""An empty tree, and a small image server that can be slow, forgetful or wrong."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local.server_thread import running
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key
from skybatch.surveys.twomass.bands import BANDS
from tests.support.images.fits_files import CardValue, gzipped, make_image

FIRST = ImageId("askyw", "001126", "n", 101, 9, "j")


def gzipped_image(image: ImageId) -> bytes:
    cards: dict[str, CardValue | None] = {
        "FILTER": image.band,
        "SCANNO": image.scan,
        "ORDATE": image.date,
        "TELNAME": "Hopkins",
    }
    return gzipped(make_image(ra=83.8, dec=image.image / 40, nx=64, ny=96, cards=cards))


class Archive:
    """What the server holds, what goes wrong there, and what it was asked."""

    def __init__(self) -> None:
        images = [replace(FIRST, image=number, band=band) for number in (9, 21, 33) for band in BANDS]
        self.files = {atlas_key(image): gzipped_image(image) for image in images}
        # Of a key, the ways in which the next answers go wrong.
        self.trouble: dict[str, list[str]] = {}
        self.asked: Counter[str] = Counter()
        self.queries: list[dict[str, list[str]]] = []
        self.rows: list[str] | None = None
        self.busy = self.busiest = 0
        self.lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    archive: Archive
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        with self.archive.lock:
            self.archive.busy += 1
            self.archive.busiest = max(self.archive.busy, self.archive.busiest)
        try:
            self.answer()
        finally:
            with self.archive.lock:
                self.archive.busy -= 1

    def answer(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/ibe/sia/twomass/full/full":
            self.archive.queries.append(parse_qs(url.query))
            self.search()
        elif url.path == "/ibe/sia/twomass/allsky/allsky":
            self.send(400, b"POS is out of order")
        else:
            self.image(url.path.removeprefix("/ibe/data/"))

    def search(self) -> None:
        rows = self.archive.rows
        if rows is None:
            rows = [f"title,http://elsewhere.example/ibe/data/{key}" for key in self.archive.files]
        self.send(200, "\n".join(["sia_title,sia_url", *rows]).encode())

    def image(self, key: str) -> None:
        with self.archive.lock:
            self.archive.asked[key] += 1
            queue = self.archive.trouble.get(key, [])
            trouble = queue.pop(0) if queue else ""
        body = self.archive.files.get(key)
        if body is None:
            self.send(404, b"no such image")
        elif trouble == "unavailable":
            self.send(503, b"later", {"Retry-After": "7"})
        elif trouble == "cut":
            self.send(200, body[: len(body) // 2], {"Content-Length": str(len(body))})
            self.close_connection = True
        elif trouble == "damaged":
            self.send(200, body[:5000] + b"\0\0\0\0" + body[5004:])
        elif trouble == "page":
            self.send(200, b"<html>down for maintenance</html>")
        elif trouble == "moved":
            self.send(302, b"", {"Location": self.path + "?signed"})
        elif trouble == "forbidden":
            self.send(403, b"not for you")
        else:
            # As a server does that takes the file's gzip for a transfer encoding.
            self.send(200, body, {"Content-Encoding": "gzip"} if "h" in key[-18:] else {})

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    return DirectoryTree(tmp_path)


@pytest.fixture
def archive() -> Archive:
    return Archive()


@pytest.fixture
def address(archive: Archive) -> Iterator[str]:
    handler = type("Handler", (Handler,), {"archive": archive})
    with running(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as url:
        yield url
