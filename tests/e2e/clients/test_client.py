"""The client and the command on a real stack: every mode, chains, cut connections, faults between."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import astropy.units as u
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table

from local.stack import Stack
from skybatch import Client, errors
from skybatch.cli import main
from skybatch.client import RetryPolicy
from tests.e2e.faults import Faults, answer, first_times
from tests.support.servers.proxy import between, cut, delayed, lost, reset

pytestmark = pytest.mark.e2e

SKY = SkyCoord([65.497627, 346.236042, 1.0] * u.deg, [19.535070, 12.322889, 1.0] * u.deg)
SCAN = ["--date", "971031", "--hemisphere", "n", "--scan", "96"]
QUICK = RetryPolicy(initial_delay=0.05, max_delay=0.5)


@pytest.fixture
def client(stack: Stack) -> Iterator[Client]:
    with Client(stack.url) as client:
        yield client


def skybatch(stack: Stack, *words: object) -> int:
    return main([str(word) for word in words] + ["--server", stack.url, "--quiet"])


def verified(folder: Path) -> list[Path]:
    """The images of a download, once every file is as the batch's own checksums and astropy have it."""
    lines = (folder / "md5sums.txt").read_text().splitlines()
    images = sorted((folder / "images").iterdir())
    assert {f"images/{path.name}" for path in images} <= {line.split("  ")[1] for line in lines}
    for md5, name in (line.split("  ") for line in lines):
        assert hashlib.md5((folder / name).read_bytes(), usedforsecurity=False).hexdigest() == md5, name
    for path in images:
        with fits.open(path) as hdus:
            hdus.verify("exception")
    return images


MODES: dict[str, tuple[str, list[str], int]] = {
    "positions": ("ra,dec,size\n65.497627,19.535070,50\n1,1,5\n", ["--bands", "J"], 2),
    "coadd_keys": ("coadd_key\n1590591\n", ["--mode", "coadd_keys"], 3),
    "scans": ("xdate,hem,scan\n971031,n,96\n", ["--mode", "scans", "--bands", "K"], 2),
    "region": ("", ["--center", "204.253958 -29.865417", "--diameter", "0.2", "--bands", "H"], 1),
    "scan": ("", [*SCAN, "--image-type", "quicklook"], 6),
}


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_from_the_shell_in_one_line(stack: Stack, tmp_path: Path, mode: str) -> None:
    table, words, images = MODES[mode]
    if table:
        (tmp_path / "table.csv").write_text(table)
        words = [str(tmp_path / "table.csv"), *words]
    assert skybatch(stack, "submit", *words, "--download", tmp_path / "out") == 0
    assert len(verified(tmp_path / "out")) == images
    assert json.loads((tmp_path / "out" / "request.json").read_text())["mode"] == mode


def test_plan_tells_what_the_batch_then_brings(client: Client, tmp_path: Path) -> None:
    plan = client.plan(SKY, size=50)
    (part,) = client.run(tmp_path, SKY, size=50)
    assert (plan.images, plan.bytes) == (len(part.images), part.status.bytes)
    assert dict(plan.by_outcome) == {k: v for k, v in part.status.rows.by_outcome().items() if v}


def test_tables_come_as_astropy_tables_and_agree_with_the_files(client: Client, tmp_path: Path) -> None:
    (part,) = client.run(tmp_path, SKY, size=50 * u.arcsec, bands=["J", "K"])
    table = part.table()
    assert isinstance(table, Table)
    assert table["band"].dtype.kind == "U"
    assert {f"images/{path.name}" for path in part.images} == set(table["file"])
    assert list(client.table(part, "rows")["outcome"]) == ["retrieved", "retrieved", "not_covered"]
    assert sum(path.stat().st_size for path in part.images) == sum(table["bytes"])
    assert (len(client.table(part, "failed")), len(part.table("unretrieved"))) == (0, 0)


def test_images_come_while_the_batch_runs(client: Client, tmp_path: Path) -> None:
    batch = client.submit(SKY, size=50)
    fetched = {image.file for image, _ in client.fetch(batch, tmp_path)}
    status = client.wait(batch)
    assert len(fetched) == status.images.retrieved
    client.download(batch, tmp_path)
    assert {path.name for path in verified(tmp_path)} == fetched


def test_left_compressed_and_decompressed_here_is_what_the_server_restores(
    stack: Stack, tmp_path: Path
) -> None:
    words = ["submit", *SCAN, "--image-type", "quicklook", "--bands", "J", "--download"]
    assert skybatch(stack, *words, tmp_path / "plain") == 0
    assert skybatch(stack, *words, tmp_path / "packed", "--compressed") == 0
    packed = sorted((tmp_path / "packed/images").glob("*.fits.H"))
    assert main(["decompress", *map(str, packed), "--output", str(tmp_path / "here")]) == 0
    restored = {path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()}
    assert restored == {path.name: path.read_bytes() for path in (tmp_path / "plain/images").iterdir()}


def test_row_errors_are_the_servers(client: Client, stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(errors.InvalidRequest) as raised:
        client.submit("ra,dec\n1,2\n1,99\nx,3\n")
    assert [(cell.line, cell.row, cell.column) for cell in raised.value.errors] == [
        (3, 2, "dec"),
        (4, 3, "ra"),
    ]
    with pytest.raises(errors.NotFound):
        client.status("0" * 32)


def test_cancelled_batches_end(client: Client) -> None:
    batch = client.submit(center="346.2275 12.0", diameter=7.0)
    client.cancel(batch)
    assert client.wait(batch, timeout=60).state in ("cancelled", "complete")


@pytest.fixture(scope="module")
def parts(start_stack: Callable[..., Stack]) -> Stack:
    """A stack whose batches hold about two images."""
    return start_stack(parameters={"MaxBatchBytes": "3500000"})


def test_all_parts_bring_what_no_limit_would(stack: Stack, parts: Stack, tmp_path: Path) -> None:
    words = ["submit", *SCAN, "--download"]
    assert skybatch(stack, *words, tmp_path / "whole") == 0
    assert skybatch(parts, *words, tmp_path / "first") == 3
    assert skybatch(parts, *words, tmp_path / "first", "--all-parts") == 0, "continues after the first part"
    folders = [tmp_path / "first", *sorted((tmp_path / "first").glob("part-*"))]
    assert len(folders) >= 3
    chained = [path for folder in folders for path in verified(folder)]
    whole = {content(path) for path in verified(tmp_path / "whole")}
    assert len(chained) == len(whole)
    assert {content(path) for path in chained} == whole


def content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def test_resubmit_from_the_shell_is_one_batch(
    parts: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert skybatch(parts, "submit", *SCAN, "--wait", "--json") == 3
    first_id = json.loads(capsys.readouterr().out)["batch_id"]
    assert skybatch(parts, "resubmit", first_id) == skybatch(parts, "resubmit", first_id) == 0
    assert len(set(capsys.readouterr().out.split())) == 1
    assert skybatch(parts, "resubmit", first_id, "--failed") == 4


@pytest.fixture
def faults(stack: Stack) -> Iterator[tuple[Faults, str]]:
    """A proxy between client and stack, also on the way to signed URLs; its faults and address."""
    told = Faults()
    with between(stack.url, told) as url:
        yield told, url


@pytest.mark.parametrize(
    "fault",
    [
        answer(429, "Slow"),
        answer(500, "InternalError"),
        answer(503, "SlowDown"),
        reset,
        lost,
        cut(20_000),
        delayed(0.3),
    ],
    ids=["429", "500", "503", "reset", "answer lost", "cut", "delay"],
)
def test_faults_between_cost_time_and_nothing_else(
    faults: tuple[Faults, str], stack: Stack, tmp_path: Path, fault: Any
) -> None:
    told, url = faults
    words = ["POST /batches", "images.tar", "GET /batches"]
    told.by_word = {word: first_times(3, fault) for word in words}
    before = started(stack)
    with Client(url, retry=QUICK) as client:
        (part,) = client.run(tmp_path, SKY, size=100)
    assert len(verified(tmp_path)) == len(part.images) > 0
    assert started(stack) == before + 1, "one batch, however often it was sent"
    assert told.seen["POST /batches"] >= 1
    assert told.seen["images.tar"] >= 1


def started(stack: Stack) -> int:
    machines = stack.emulator.client("stepfunctions")
    pages = machines.get_paginator("list_executions").paginate(
        stateMachineArn=stack.outputs.state_machine_arn
    )
    return sum(len(page["executions"]) for page in pages)


def test_ctrl_c_and_the_same_command_again(faults: tuple[Faults, str], stack: Stack, tmp_path: Path) -> None:
    told, url = faults
    told.by_word = {"images.tar": delayed(2.0)}
    command = [sys.executable, "-m", "skybatch.cli", "submit", *SCAN, "--download", str(tmp_path / "out")]
    environment = {**os.environ, "SKYBATCH_SERVER": url}
    before = started(stack)
    running = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while not told.seen["images.tar"]:
        assert time.monotonic() < end
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    assert "continues" in running.communicate(timeout=30)[1]
    assert running.returncode == 130
    told.by_word = {}
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "all verified" in again.stdout
    assert verified(tmp_path / "out")
    assert started(stack) == before + 1


def test_threads_share_a_client(client: Client) -> None:
    batch = client.submit(SKY, size=20)
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(client.wait(batch).state)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["complete"] * 4
