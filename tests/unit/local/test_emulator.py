"""The emulator sees none of the caller's AWS settings and leaves nothing behind where it cannot start."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from local import emulator
from local.emulator import CREDENTIALS, Emulator, EmulatorFailed, free_port


def test_a_free_port_can_be_bound() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port()))


def test_its_environment_has_no_credentials_of_the_caller(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-caller")
    monkeypatch.setenv("AWS_PROFILE", "of-the-caller")
    environment = emulator._environment(tmp_path, 1234)
    assert {name: value for name, value in environment.items() if name.startswith("AWS_")} == CREDENTIALS
    assert environment["GATEWAY_PORT"] == "1234"
    assert environment["HOME"] == environment["TMPDIR"] == str(tmp_path / "tmp")


def test_a_client_talks_to_the_emulator_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere")
    client = Emulator("http://127.0.0.1:1", 0, Path(), Path()).client("s3")
    assert client.meta.endpoint_url == "http://127.0.0.1:1"
    assert client.meta.config.s3["addressing_style"] == "path"


def test_one_that_ends_at_once_is_an_error_with_its_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(emulator, "RUN", "import sys; sys.exit('no such port')")
    with pytest.raises(EmulatorFailed, match="no such port"), emulator.emulator(tmp_path):
        pass


def test_one_that_ended_by_itself_is_told_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "emulator.log"
    log.write_text("out of memory\n")
    with subprocess.Popen(["sleep", "60"]) as process:
        running = Emulator("http://127.0.0.1:1", process.pid, tmp_path, log, process)
        running.check_running()
        process.kill()
        process.wait()
        with pytest.raises(EmulatorFailed, match="out of memory"):
            running.check_running()
