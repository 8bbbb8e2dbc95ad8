"""The emulator runs inside its own folder and leaves nothing behind, however its block ends."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from local.emulator import Emulator, emulator

pytestmark = pytest.mark.e2e


def listens(url: str) -> bool:
    """Whether a TCP connection to the URL's port is accepted."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) == 0


def group_alive(pid: int) -> bool:
    """Whether any process of the group led by ``pid`` is left."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_serves_s3_and_ends_with_its_block(tmp_path: Path) -> None:
    with emulator(tmp_path) as running:
        s3 = running.client("s3")
        s3.create_bucket(Bucket="one")
        s3.put_object(Bucket="one", Key="k", Body=b"body")
        assert s3.get_object(Bucket="one", Key="k")["Body"].read() == b"body"
    assert not listens(running.url)
    assert not group_alive(running.pid)


@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_exception_inside_the_block_stops_it_too(tmp_path: Path, kind: type[BaseException]) -> None:
    seen: list[Emulator] = []

    def interrupted() -> None:
        with emulator(tmp_path) as running:
            seen.append(running)
            raise kind

    with pytest.raises(kind):
        interrupted()
    assert not listens(seen[0].url)
    assert not group_alive(seen[0].pid)


def test_it_binds_the_loopback_interface_alone(tmp_path: Path) -> None:
    with emulator(tmp_path) as running:
        port = urlsplit(running.url).port or 0
        bound = {
            line.split()[1]
            for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
            if line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16) == port
        }
    assert bound == {f"0100007F:{port:04X}"}


def test_credentials_of_the_caller_do_not_reach_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")
    with emulator(tmp_path) as running:
        environment = Path(f"/proc/{running.pid}/environ").read_bytes().decode()
    assert "production" not in environment
    assert "secret" not in environment
