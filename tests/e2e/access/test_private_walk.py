"""The lines of docs/deployments.md on a private deployment of one machine, from the first to a download."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local.deploy import ROOT
from local.emulator import free_port
from tests.support.batches.stacks import SMALL, KeptSkies

pytestmark = pytest.mark.e2e

START_SECONDS = 120


def documented() -> tuple[str, str]:
    """Return the operator's block and the user's of "To try it on one machine"."""
    section = (ROOT / "docs/deployments.md").read_text().partition("To try it on one machine")[2]
    operator, user = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[:2]
    return operator, user


@pytest.fixture
def ports() -> dict[str, str]:
    """Free ports for those of the page."""
    return {"9001": str(free_port()), "8080": str(free_port())}


def with_ports(text: str, ports: dict[str, str]) -> str:
    for told, free in ports.items():
        text = text.replace(told, free)
    return text


@pytest.fixture
def served(ports: dict[str, str], tmp_path: Path, skies: KeptSkies) -> Iterator[None]:
    """The operator's lines: the issuer, and the service that asks for its tokens, of images made before."""
    issuer, serve = with_ports(documented()[0], ports).strip().splitlines()
    issuer_words = [sys.executable, *shlex.split(issuer.removesuffix("&"))[1:]]
    (parameters,) = [word for word in shlex.split(serve) if word.startswith("PARAMS=")]
    archive = str(skies.made(SMALL).archive.root)
    service = {"PARAMS": parameters.removeprefix("PARAMS="), "PORT": ports["8080"], "ARCHIVE": archive}
    with ExitStack() as running:
        for words, more in (
            (issuer_words, {}),
            ([sys.executable, "-m", "local.serve", "--fields", "few"], service),
        ):
            log = running.enter_context((tmp_path / f"{len(words)}.log").open("w"))
            process = subprocess.Popen(words, cwd=ROOT, env=os.environ | more, stdout=log, stderr=log)
            running.callback(ended, process)
        wait_for(f"http://127.0.0.1:{ports['8080']}/health")
        yield


def ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


def wait_for(url: str) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert time.monotonic() < end, f"{url} does not answer"
            time.sleep(0.5)


@pytest.mark.usefixtures("served")
def test_a_user_downloads_from_a_private_service(ports: dict[str, str], tmp_path: Path) -> None:
    user = with_ports(documented()[1], ports)
    done = in_a_shell(user, tmp_path)
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "results" / "images").iterdir())
    without = user.replace("export SKYBATCH_TOKEN_COMMAND", "UNUSED").replace("results", "others")
    assert in_a_shell(without, tmp_path).returncode == 4


def in_a_shell(lines: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run lines of a page, with the command of this environment."""
    command = f'skybatch() {{ {shlex.quote(sys.executable)} -m skybatch.cli "$@"; }}\n'
    environment = os.environ | {"HOME": str(folder), "PYTHONPATH": ":".join(filter(None, sys.path))}
    words = ["bash", "-ec", command + lines]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=200)
