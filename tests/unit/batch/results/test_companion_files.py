"""The files beside images and tables: requests to post again, checksums, a script that runs anywhere."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tarfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from skybatch.batch.codes import Remainder
from skybatch.batch.results.companion_files import request_body
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from tests.support.batches.in_process_service import Service, images_of
from tests.support.survey.sample_archive import POSITIONS_WITH_BEST, MadeArchive

KEYS = "coadd_key,band,id\n1001,J,first\n1002,A,\n"


SCANS = "xdate,hem,scan,image\n990101,n,1,9\n990101,n,2,\n"


REQUESTS: dict[str, dict[str, Any]] = {
    "region": {"mode": "region", "center": "180.0 20.0", "diameter": 0.2, "relation": "cover", "bands": "J"},
    "positions": {"mode": "positions", "table": POSITIONS_WITH_BEST, "label": "mine"},
    "all the best": {"mode": "positions", "table": "ra,dec,size\n180,20,30\n180,20.01,30\n", "best": True},
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
