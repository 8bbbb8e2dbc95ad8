"""The AWS emulator as a child process: started on a free loopback port, stopped without leftovers."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REGION = "us-east-1"
# The emulator takes any key pair; a fixed one keeps real credentials of the machine out of it.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}

# Linux ends the emulator with us even where we are killed and no clean-up runs (prctl PR_SET_PDEATHSIG).
RUN = """
import ctypes, os, runpy, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    if os.getppid() != int(os.environ["STARTED_BY"]):
        sys.exit("whoever started the emulator is gone")
sys.argv = ["ministack"]
runpy.run_module("ministack", run_name="__main__")
"""

START_SECONDS = 30.0
STOP_SECONDS = 5.0
START_ATTEMPTS = 3


class EmulatorFailed(RuntimeError):
    """The emulator did not come up, or ended by itself; the text ends with the tail of its log."""


@dataclass(frozen=True)
class Emulator:
    """A running emulator: its base URL, process id, and the folder that holds all it writes."""

    url: str
    pid: int
    folder: Path
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def client(self, service: str, **options: Any) -> Any:
        """Return a boto3 client of ``service`` that talks to this emulator only.

        ``options`` are botocore's of a client's configuration (``read_timeout``, say).
        """
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, **options),
        )

    @property
    def ended(self) -> int | None:
        """The status with which it ended by itself, None while it runs."""
        return None if self.process is None else self.process.poll()

    def check_running(self) -> None:
        """Raise EmulatorFailed where it has ended by itself, with the tail of its log."""
        if self.ended is not None:
            raise EmulatorFailed(f"the emulator ended with {self.ended}\n{_tail(self.log)}")


def free_port() -> int:
    """Find a loopback TCP port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def emulator(folder: Path, *, extra: Mapping[str, str] | None = None) -> Iterator[Emulator]:
    """Run the emulator for the length of a ``with`` block, all its files below ``folder``.

    Only its log stays there.

    ``extra`` adds environment variables (``AUTH=true``, say). However the block ends, the emulator and
    every function process it started are gone after it. Raises EmulatorFailed when it does not start.
    """
    process, running = _start(folder, dict(extra or {}))
    try:
        yield running
    finally:
        _stop(process)
        shutil.rmtree(folder / "tmp", ignore_errors=True)


def _start(folder: Path, extra: dict[str, str]) -> tuple[subprocess.Popen[bytes], Emulator]:
    """Start it; another port is tried where one was taken between the choice and its use."""
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    log = folder / "emulator.log"
    for attempt in range(START_ATTEMPTS):
        port = free_port()
        process = _spawn(folder, log, port, extra)
        running = Emulator(f"http://127.0.0.1:{port}", process.pid, folder, log, process)
        try:
            _wait_healthy(running)
        except EmulatorFailed:
            _stop(process)
            if attempt == START_ATTEMPTS - 1:
                raise
        except BaseException:
            _stop(process)
            raise
        else:
            return process, running
    raise AssertionError("unreachable")


def _spawn(folder: Path, log: Path, port: int, extra: dict[str, str]) -> subprocess.Popen[bytes]:
    with log.open("ab") as sink:
        # A session of its own: Ctrl-C in the terminal reaches us alone, and we end the whole group.
        return subprocess.Popen(
            [sys.executable, "-c", RUN],
            cwd=folder / "tmp",
            env=_environment(folder, port) | extra,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _environment(folder: Path, port: int) -> dict[str, str]:
    """Build the emulator's whole environment, without any AWS setting of the caller."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    temporary = str(folder / "tmp")
    return kept | {
        **CREDENTIALS,
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "HOME": temporary,
        "TMPDIR": temporary,
        "STATE_DIR": f"{temporary}/state",
        "S3_DATA_DIR": f"{temporary}/s3",
        "STARTED_BY": str(os.getpid()),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _wait_healthy(running: Emulator) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _healthy(running.url):
        running.check_running()
        if time.monotonic() > deadline:
            raise EmulatorFailed(f"the emulator gave no sign of life\n{_tail(running.log)}")
        time.sleep(0.05)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the emulator's process group: gently, then by force; function processes belong to it."""
    _signal_group(process.pid, signal.SIGTERM)
    try:
        with suppress(subprocess.TimeoutExpired):  # then by force, as are functions that outlive it
            process.wait(STOP_SECONDS)
    finally:
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def _tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
