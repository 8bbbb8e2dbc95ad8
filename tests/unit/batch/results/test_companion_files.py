"""The files beside images and tables: requests to post again, checksums, a script that runs anywhere."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import subprocess
import tarfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from local.server_thread import running
from skybatch.batch.codes import Remainder
from skybatch.batch.results.companion_files import request_body
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from tests.support.batches.in_process_service import Service, images_of
from tests.support.survey.sample_archive import POSITIONS_WITH_BEST, MadeArchive

KEYS = "coadd_key,band,id\n1001,J,first\n1002,A,\n"


SCANS = "xdate,hem,scan,image\n990101,n,1,9\n990101,n,2,\n"


BINARY = b64encode(gzip.compress(b"ra,dec\n180,20\n180,20.01\n", mtime=0)).decode()

REQUESTS: dict[str, dict[str, Any]] = {
    "region": {"mode": "region", "center": "180.0 20.0", "diameter": 0.2, "relation": "cover", "bands": "J"},
    "positions": {"mode": "positions", "table": POSITIONS_WITH_BEST, "label": "mine"},
    "all the best": {"mode": "positions", "table": "ra,dec,size\n180,20,30\n180,20.01,30\n", "best": True},
    "no text": {"mode": "positions", "table_base64": BINARY, "size": 30, "best": True, "first_row": 7},
    "coadd_keys": {"mode": "coadd_keys", "table": KEYS, "form": "fits"},
    "scan": {"mode": "scan", "date": "990101", "hemisphere": "n", "scan": 2, "bands": ["H", "K"]},
    "scans": {"mode": "scans", "table": SCANS},
}


@pytest.mark.parametrize("name", REQUESTS)
def test_request_json_asks_the_same_again(archive: MadeArchive, name: str) -> None:
    service = Service(archive)
    accepted = service.submit(**REQUESTS[name], email="someone@example.org")
    service.run(accepted)
    body = service.file(accepted, "request.json")
    assert b"example.org" not in body
    again, _ = parse_body(body, "application/json", service.settings)
    asked = replace(accepted.request, email=None, table_name=None)
    assert replace(again, table_name=None) == asked


def test_request_json_of_a_next_part_asks_for_that_part(archive: MadeArchive) -> None:
    service = Service(archive, max_batch_bytes=3_000_000)
    first = service.submit(mode="positions", table=POSITIONS_WITH_BEST)
    service.run(first)
    second = service.submitter.resubmit(first.record.batch_id, Remainder.UNRETRIEVED)
    service.run(second)
    again = service.submit(**json.loads(service.file(second, "request.json")))
    service.run(again)
    expected = images_of(service.file(second, "images.tar"))
    assert images_of(service.file(again, "images.tar")) == expected


@pytest.mark.parametrize("table", [b"\x1f\x8bgzip", b"SIMPLE  =\0", "é".encode("latin-1")])
def test_a_table_that_is_no_text_is_in_base64(table: bytes) -> None:
    request, _ = parse_body(json.dumps(REQUESTS["coadd_keys"]).encode(), "application/json", Settings())
    body = request_body(request, table)
    assert "table" not in body
    assert b64decode(body["table_base64"]) == table


def test_a_table_too_long_for_a_request_leaves_the_other_fields() -> None:
    request, _ = parse_body(json.dumps(REQUESTS["all the best"]).encode(), "application/json", Settings())
    body = request_body(
        request, b"ra,dec,size\n180,20,30\n180,20.01,30\n" + (b"#" + b"x" * 998 + b"\n") * 4000
    )
    assert body["best"] is True
    assert not body.keys() & {"table", "table_base64"}


def unpacked(tar: bytes, folder: Path) -> Path:
    with tarfile.open(fileobj=io.BytesIO(tar)) as read:
        read.extractall(folder, filter="data")
    (top,) = folder.iterdir()
    return top


@pytest.mark.skipif(not shutil.which("md5sum"), reason="md5sum is not installed")
def test_md5sum_checks_the_unpacked_folder(archive: MadeArchive, tmp_path: Path) -> None:
    service = Service(archive)
    accepted = service.submit(mode="positions", table=POSITIONS_WITH_BEST)
    service.run(accepted)
    top = unpacked(service.file(accepted, "images.tar"), tmp_path)
    checked = subprocess.run(
        ["md5sum", "--strict", "-c", "md5sums.txt"], cwd=top, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    named = {line.split(":")[0] for line in checked.stdout.splitlines()}
    unsummed = {"md5sums.txt", "download.sh", "request.json"}
    assert named == {str(p.relative_to(top)) for p in top.rglob("*") if p.is_file()} - unsummed
    manifest = json.loads((top / "manifest.json").read_bytes())
    for entry in (*manifest["images"], *manifest["files"]):
        assert (top / entry["file"]).stat().st_size == entry["bytes"]


def test_the_script_is_clean_sh() -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    template = files("skybatch.batch.results").joinpath("templates", "download.sh").read_text()
    checked = subprocess.run(
        ["shellcheck", "--shell=sh", "--severity=style", "-"], input=template, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


class Portal(BaseHTTPRequestHandler):
    """Serves the files of a batch, and keeps what was asked for."""

    files: dict[str, bytes]
    asked: list[str]

    def do_GET(self) -> None:
        name = self.path.split("/", 3)[3]
        self.asked.append(name)
        body = self.files.get(name)
        begin = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").split("-")[0])
        self.send_response(404 if body is None else 206 if begin else 200)
        self.send_header("Content-Length", str(len((body or b"")[begin:])))
        self.end_headers()
        self.wfile.write((body or b"")[begin:])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def portal(files: dict[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("_Portal", (Portal,), {"files": files, "asked": asked})
    with running(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as url:
        yield url, asked


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
@pytest.mark.parametrize("there", ["nothing", "most", "a damaged archive", "no tar"])
def test_the_script_takes_the_archive_where_most_is_missing(
    archive: MadeArchive, tmp_path: Path, there: str
) -> None:
    service = Service(archive)
    accepted = service.submit(mode="positions", table=POSITIONS_WITH_BEST)
    status = service.run(accepted)
    tar = service.file(accepted, "images.tar")
    images = images_of(tar)
    files = {f"files/{file.name}": service.file(accepted, file.name) for file in status.files}
    files |= {f"images/{name}": body for name, body in images.items()}
    if there == "a damaged archive":
        files["files/images.tar"] = tar[: len(tar) // 3]
    folder = tmp_path / "to"
    (folder / "images").mkdir(parents=True)
    if there == "most":
        for name in sorted(images)[1:]:
            (folder / "images" / name).write_bytes(images[name])
    with portal(files) as (url, asked):
        script = service.file(accepted, "download.sh").decode().replace("https://sky.example", url)
        (folder / "download.sh").write_text(script)
        more = {"SKYBATCH_TAR": "no"} if there == "no tar" else {}
        environment = {**os.environ, "no_proxy": "*", **more}
        ran = subprocess.run(["sh", "download.sh"], cwd=folder, env=environment, capture_output=True,
        text=True,
                             check=False)  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert {path.name: path.read_bytes() for path in (folder / "images").iterdir()} == images
    singly = [name for name in asked if name.startswith("images/")]
    assert ("files/images.tar" in asked) == (there in ("nothing", "a damaged archive"))
    assert bool(singly) == (there != "nothing")
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]
