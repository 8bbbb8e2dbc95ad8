"""The files beside the images: complete, linked, the same each time, and good to be sent back."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tarfile
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import obstore
import pytest

from skybatch.batch import keys
from skybatch.batch.codes import Remainder
from skybatch.batch.results.companion_files import request_body
from skybatch.batch.results.tables import TABLE_FORMATS
from skybatch.batch.status import read_status
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from skybatch.status import ImageCounts
from tests.support.in_process_service import Service, images_of
from tests.support.sample_archive import MadeArchive

POSITIONS = """\
|ra       |dec    |size|id   |best|
 180.0      20.0   50   crop  y
 180.0      20.1   null whole n
 50.0       50.0   50   off   y
"""
KEYS = "coadd_key,band,id\n1001,J,first\n1002,A,\n"
SCANS = "xdate,hem,scan,image\n990101,n,1,9\n990101,n,2,\n"
REQUESTS: dict[str, dict[str, Any]] = {
    "region": {"mode": "region", "center": "180.0 20.0", "diameter": 0.2, "relation": "cover", "bands": "J"},
    "positions": {"mode": "positions", "table": POSITIONS, "label": "mine"},
    "all the best": {"mode": "positions", "table": "ra,dec,size\n180,20,30\n180,20.01,30\n", "best": True},
    "coadd_keys": {"mode": "coadd_keys", "table": KEYS, "form": "fits"},
    "scan": {"mode": "scan", "date": "990101", "hemisphere": "n", "scan": 2, "bands": ["H", "K"]},
    "scans": {"mode": "scans", "table": SCANS},
}


@pytest.fixture(scope="module")
def archive() -> MadeArchive:
    return MadeArchive()


class Links(HTMLParser):
    """The links of each row of a table's body."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag == "a":
            self.rows[-1].append(dict(attrs)["href"] or "")


def test_html_tables_link_each_image_and_its_preview(archive: MadeArchive) -> None:
    service = Service(archive, max_batch_bytes=3_000_000)
    accepted = service.submit(mode="positions", table=POSITIONS)
    status = service.run(accepted)
    images = images_of(service.file(accepted, "images.tar"))
    url = accepted.record.url
    rows = Links(service.file(accepted, "images.html")).rows[1:]
    assert rows == [[url(f"images/{file}"), url(f"previews/{file}.png")] for file in images]
    left = Links(service.file(accepted, "unretrieved.html")).rows[1:]
    assert len(left) == status.left_over > 0
    assert all(len(row) == 1 and "/ibe/data/" in row[0] for row in left)  # what did not come has no picture
    for table in ("images", "unretrieved", "rows"):
        assert {f"{table}.{fmt}" for fmt in TABLE_FORMATS} <= {file.name for file in status.files}


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
    first = service.submit(mode="positions", table=POSITIONS)
    service.run(first)
    second = service.submitter.resubmit(first.record.batch_id, Remainder.UNRETRIEVED)
    service.run(second)
    again = service.submit(**json.loads(service.file(second, "request.json")))
    service.run(again)
    expected = images_of(service.file(second, "images.tar"))
    assert images_of(service.file(again, "images.tar")) == expected


@pytest.mark.parametrize("table", [b"\x1f\x8bgzip", b"SIMPLE  =\0", "é".encode("latin-1")])
def test_a_table_that_is_no_text_stays_a_file(table: bytes) -> None:
    request, _ = parse_body(json.dumps(REQUESTS["coadd_keys"]).encode(), "application/json", Settings())
    assert "table" not in request_body(request, table)


def unpacked(tar: bytes, folder: Path) -> Path:
    with tarfile.open(fileobj=io.BytesIO(tar)) as read:
        read.extractall(folder, filter="data")
    (top,) = folder.iterdir()
    return top


@pytest.mark.skipif(not shutil.which("md5sum"), reason="md5sum is not installed")
def test_md5sum_checks_the_unpacked_folder(archive: MadeArchive, tmp_path: Path) -> None:
    service = Service(archive)
    accepted = service.submit(mode="positions", table=POSITIONS)
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


def test_identical_batches_are_identical_but_for_what_they_are_called(archive: MadeArchive) -> None:
    """Two batches of one request differ in their id, which stands in their links (and in their times)."""
    service = Service(archive)
    tars = []
    for _ in range(2):
        accepted = service.submit(mode="positions", table=POSITIONS, label="the same")
        service.run(accepted)
        batch_id = accepted.record.batch_id.encode()
        tar = service.file(accepted, "images.tar")
        assert tar.count(batch_id) > 10
        tars.append(tar)
        same = tar.replace(batch_id, b"*" * 32).replace(batch_id[:12], b"*" * 12)
        tars[-1] = same
    # A header's checksum sums the folder's name; a manifest's and md5sums' sums those of the tables.
    first, second = (_contents(tar) for tar in tars)
    assert list(first) == list(second)
    summed = {"manifest.json", "md5sums.txt", "download.sh"}
    assert {name for name in first if first[name] != second[name]} <= summed
    assert len(tars[0]) == len(tars[1])


def _contents(tar: bytes) -> dict[str, tuple[int, int, str, bytes]]:
    """Of a tar whose folder was renamed in place, so that its header's checksums no longer hold."""
    found, at = {}, 0
    while tar[at : at + 1] != b"\0":
        head = tar[at : at + 512]
        name = head[:100].rstrip(b"\0").decode().partition("/")[2]
        size = int(head[124:135], 8)
        body = tar[at + 512 : at + 512 + size]
        found[name] = (int(head[100:107], 8), int(head[136:147], 8), head[265:297].hex(), body)
        at += 512 + -(-size // 512) * 512
    return found


def test_the_script_is_clean_sh() -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    template = files("skybatch.batch.results").joinpath("templates", "download.sh").read_text()
    checked = subprocess.run(
        ["shellcheck", "--shell=sh", "--severity=style", "-"], input=template, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


def test_every_part_of_a_chain_knows_how_many_there_are(archive: MadeArchive) -> None:
    service = Service(archive, max_batch_bytes=3_000_000)
    accepted = service.submit(mode="positions", table=POSITIONS)
    told = []
    while True:
        told.append(service.run(accepted).chain)
        if service.store(accepted.record.batch_id).read(keys.result("unretrieved.tbl")) is None:
            break
        accepted = service.submitter.resubmit(accepted.record.batch_id, Remainder.UNRETRIEVED)
    assert len(told) > 2
    assert [(chain.part, chain.parts) for chain in told] == [(n + 1, len(told)) for n in range(len(told))]


def test_a_batch_of_what_failed_is_linked_and_no_part() -> None:
    archive = MadeArchive()
    stored = obstore.get(archive.objects, archive.key(0, "j")).bytes()
    obstore.delete(archive.objects, archive.key(0, "j"))
    service = Service(archive)
    accepted = service.submit(mode="coadd_keys", table=KEYS)
    assert service.run(accepted).images.failed == 1
    obstore.put(archive.objects, archive.key(0, "j"), stored)
    again = service.submitter.resubmit(accepted.record.batch_id, Remainder.FAILED)
    assert service.run(again).images == ImageCounts(retrieved=1)
    parent = read_status(service.store(accepted.record.batch_id), 1200.0).chain
    child = read_status(service.store(again.record.batch_id), 1200.0).chain
    assert (parent.retry, parent.next) == (again.record.batch_id, None)
    assert (child.part, child.parts, child.previous) == (1, 1, accepted.record.batch_id)
