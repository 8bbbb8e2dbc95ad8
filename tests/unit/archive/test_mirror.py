"""Images mirrored from a small server of our own that can be slow, forgetful, or wrong."""

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

from skybatch.archive.image_server import MAXREC, ImageServer, RequestPolicy
from skybatch.archive.index import index
from skybatch.archive.mirror import mirror, parse_key_list
from skybatch.errors import InvalidRequest, NotFound, TooLarge, Transient
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.twomass.layout import ImageId, atlas_key
from tests.support.fits_files import gzipped, make_image

FIRST = ImageId("askyw", "001126", "n", 101, 9, "j")
QUICK = RequestPolicy(in_flight=4, pause=0.0, tries=4, first_wait=0.001)


def made(image: ImageId) -> bytes:
    cards = {"FILTER": image.band, "SCANNO": image.scan, "ORDATE": image.date, "TELNAME": "Hopkins"}
    return gzipped(make_image(ra=83.8, dec=image.image / 40, nx=64, ny=96, cards=cards))


class Archive:
    """What the server holds, what goes wrong there, and what it was asked."""

    def __init__(self) -> None:
        images = [replace(FIRST, image=number, band=band) for number in (9, 21, 33) for band in "jhk"]
        self.files = {atlas_key(image): made(image) for image in images}
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
def archive() -> Archive:
    return Archive()


@pytest.fixture
def address(archive: Archive) -> Iterator[str]:
    handler = type("Handler", (Handler,), {"archive": archive})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    return DirectoryTree(tmp_path)


def test_a_region_comes_as_it_is_stored_and_can_be_indexed(
    archive: Archive, address: str, tree: DirectoryTree
) -> None:
    with ImageServer(address + "/", QUICK) as server:
        keys = server.images("askyw", 83.8, 0.5, 1.25)
        done: list[int] = []
        report = mirror(tree, server, keys, progress=done.append)
    assert archive.queries[0]["POS"] == ["83.800000000,0.500000000"]
    assert archive.queries[0]["SIZE"] == ["1.250000000"]
    assert archive.queries[0]["FORMAT"] == ["image/fits"]
    assert (report.fetched, report.present, report.problems) == (9, 0, ())
    assert report.bytes == sum(map(len, archive.files.values()))
    assert sum(done) == 9
    assert all(tree.read(key) == body for key, body in archive.files.items())
    assert index(tree, "askyw").sets == 3


def test_only_the_bands_wanted_come(archive: Archive, address: str, tree: DirectoryTree) -> None:
    with ImageServer(address, QUICK) as server:
        assert mirror(tree, server, sorted(archive.files), bands=["k"]).fetched == 3
    assert {key.rsplit("/", 1)[1][0] for key in archive.asked} == {"k"}


def test_started_again_it_fetches_what_is_missing_or_damaged(
    archive: Archive, address: str, tree: DirectoryTree
) -> None:
    keys = sorted(archive.files)
    with ImageServer(address, QUICK) as server:
        mirror(tree, server, keys[:5])
        tree.write(keys[0], archive.files[keys[0]][:-100])
        archive.asked.clear()
        report = mirror(tree, server, keys)
    assert (report.fetched, report.present) == (5, 4)
    assert set(archive.asked) == {keys[0], *keys[5:]}
    assert tree.read(keys[0]) == archive.files[keys[0]]


def test_passing_trouble_is_waited_out(archive: Archive, address: str, tree: DirectoryTree) -> None:
    keys = sorted(archive.files)
    for key, trouble in zip(keys, ["unavailable", "cut", "damaged", "page", "moved"], strict=False):
        archive.trouble[key] = [trouble]
    waits: list[float] = []
    with ImageServer(address, QUICK, sleep=waits.append) as server:
        report = mirror(tree, server, keys)
    assert (report.fetched, report.problems) == (9, ())
    assert all(tree.read(key) == body for key, body in archive.files.items())
    assert 7.0 in waits  # the server's own Retry-After
    assert len(waits) == 4


def test_lasting_trouble_is_named_and_nothing_of_it_written(
    archive: Archive, address: str, tree: DirectoryTree
) -> None:
    first, second, third, *rest = sorted(archive.files)
    absent = atlas_key(replace(FIRST, image=999))
    archive.trouble = {first: ["damaged"] * 9, second: ["cut"] * 9, third: ["forbidden"] * 9}
    waits: list[float] = []
    with ImageServer(address, QUICK, sleep=waits.append) as server:
        report = mirror(tree, server, [first, second, third, *rest, absent], in_flight=1)
    reasons = {problem.place: problem.reason for problem in report.problems}
    assert set(reasons) == {first, second, third, absent}
    assert reasons[first].startswith("gave up after 4 attempts: ")
    assert "gave up after 4 attempts" in reasons[second]
    assert reasons[third] == f"HTTP 403 for /ibe/data/{third}: not for you"
    assert reasons[absent] == f"HTTP 404 for /ibe/data/{absent}"
    assert archive.asked[first] == archive.asked[second] == 4
    assert archive.asked[third] == archive.asked[absent] == 1
    assert sorted(entry.path for entry in tree.entries("")) == rest
    # Each wait about twice the one before.
    assert 1.2 < waits[1] / waits[0] < 3.4
    assert 1.2 < waits[2] / waits[1] < 3.4


def test_another_image_under_the_name_is_not_taken(
    archive: Archive, address: str, tree: DirectoryTree
) -> None:
    key = atlas_key(FIRST)
    archive.files[key] = made(replace(FIRST, scan=102))
    with ImageServer(address, QUICK) as server:
        report = mirror(tree, server, [key])
    assert [problem.reason for problem in report.problems] == ["the header says scan 102, the path 101"]


def test_it_keeps_its_policy(archive: Archive, address: str, tree: DirectoryTree) -> None:
    waits: list[float] = []
    with ImageServer(address, replace(QUICK, pause=0.5), sleep=waits.append) as server:
        mirror(tree, server, sorted(archive.files), in_flight=2)
    assert archive.busiest <= 2
    assert max(waits) > 3.0  # nine requests half a second apart
    assert len(waits) == 8


def test_answers_that_are_no_search_or_too_large_are_refused(archive: Archive, address: str) -> None:
    with ImageServer(address, QUICK) as server:
        with pytest.raises(InvalidRequest, match="POS is out of order"):
            server.images("asky", 1.0, 2.0, 0.5)
        archive.rows = [f"t,/ibe/data/{atlas_key(FIRST)}"] * MAXREC
        with pytest.raises(TooLarge, match="smaller pieces"):
            server.images("askyw", 1.0, 2.0, 0.5)
        archive.rows = ["t,http://elsewhere.example/other.fits"]
        with pytest.raises(NotFound, match=r"other\.fits"):
            server.images("askyw", 1.0, 2.0, 0.5)
        archive.rows = []
        assert server.images("askyw", 1.0, 2.0, 0.5) == []


def test_a_server_that_is_not_there_is_given_up() -> None:
    with (
        ImageServer("http://127.0.0.1:9", replace(QUICK, tries=2)) as server,
        pytest.raises(Transient, match="2 attempts"),
    ):
        server.get("/ibe/data/x")


def test_lists_take_keys_paths_and_addresses() -> None:
    key = atlas_key(FIRST)
    lines = ["# mine", "", key, f"  /ibe/data/{key}", f"https://h.example/ibe/data/{key}?center=1,2&size=3"]
    assert parse_key_list(lines) == [key]
    with pytest.raises(InvalidRequest, match="line 3: not the key of an image: nonsense"):
        parse_key_list([key, "", "nonsense"])
