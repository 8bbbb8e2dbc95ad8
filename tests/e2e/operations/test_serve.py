"""``make serve`` says where it is, keeps emails, and leaves nothing behind when told to stop."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.deploy import ROOT
from local.emulator import free_port
from tests.e2e.service import Service
from tests.support.batches.stacks import SMALL, KeptSkies
from tests.support.machine.processes import children_of

pytestmark = pytest.mark.e2e


@pytest.fixture
def archive(skies: KeptSkies) -> str:
    """A folder of images that is served as it is."""
    return str(skies.made(SMALL).archive.root)


@pytest.fixture
def serving(archive: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, its output read up to the line that says where it serves."""
    environment = {**os.environ, "PORT": str(free_port()), "PARAMS": "MaxRows=7", "ARCHIVE": archive}
    command = [sys.executable, "-u", "-m", "local.serve", "--fields", "few"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said = ""
    while "skybatch is serving" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    yield process, said
    if process.poll() is None:
        process.kill()
    process.wait()
    process.stdout.close()


def gone(processes: set[int], seconds: float = 10.0) -> bool:
    """Whether all of these processes end soon."""
    deadline = time.monotonic() + seconds
    while any(Path(f"/proc/{pid}").exists() for pid in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.parametrize("archive", [""], ids=["sample sky"])
def test_it_serves_until_it_is_interrupted(serving: tuple[subprocess.Popen[str], str]) -> None:
    assert_served_until(signal.SIGINT, *serving)


def test_it_serves_until_it_is_told_to_end(serving: tuple[subprocess.Popen[str], str]) -> None:
    assert_served_until(signal.SIGTERM, *serving)


def assert_served_until(number: signal.Signals, process: subprocess.Popen[str], said: str) -> None:
    (url,) = re.findall(r"^skybatch is serving at (http://127\.0\.0\.1:\d+)$", said, re.MULTILINE)
    (folder,) = re.findall(r"^run directory: (\S+)", said, re.MULTILINE)
    service = Service(url)
    table = "|ra|dec|size|\n 65.497627 19.535070 20\n"
    too_many = service.post("/batches", mode="positions", table="|ra|dec|\n" + " 1 1\n" * 8)
    assert too_many.status == 413  # PARAMS reached the functions
    service.run(mode="positions", table=table, bands="J", email="someone@example.org")
    mail = Path(folder) / "mail"
    deadline = time.monotonic() + 20
    while not list(mail.glob("*.eml")) and time.monotonic() < deadline:
        time.sleep(0.1)
    below = children_of(process.pid)
    process.send_signal(number)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0, rest
    assert "email to someone@example.org" in rest
    assert len(list(mail.glob("*.eml"))) == 1
    assert below  # the emulator and its workers
    assert gone(below)


def test_killed_it_leaves_no_process_either(serving: tuple[subprocess.Popen[str], str]) -> None:
    process, _ = serving
    below = children_of(process.pid)
    process.kill()
    assert below
    assert gone(below)


def test_a_port_that_is_taken_is_said_in_one_line(serving: tuple[subprocess.Popen[str], str]) -> None:
    _, said = serving
    port = said.rsplit(":", 1)[1].strip()
    environment = {**os.environ, "PORT": port, "PARAMS": "", "ARCHIVE": ""}
    command = [sys.executable, "-m", "local.serve", "--fields", "few"]
    second = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"port {port}" in second.stderr


def test_without_its_emulator_it_ends_and_says_so(serving: tuple[subprocess.Popen[str], str]) -> None:
    """It went on, and answered every request with 502."""
    process, _ = serving
    below = children_of(process.pid)
    (emulator,) = [pid for pid in below if b"ministack" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(emulator, signal.SIGKILL)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 1, rest
    assert "the emulator ended with -9" in rest
    assert "Traceback" not in rest
