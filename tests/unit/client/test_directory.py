"""The directory of a download: locked, claimed, and never over files of others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from skybatch.client import Client
from skybatch.client.directory import (
    LOCK,
    USUAL_FILES,
    ResumeState,
    check_free,
    claim_directory,
    default_directory,
    lock_directory,
    reserve_directory,
)
from skybatch.errors import Conflict
from tests.support.servers.fake_server import FakeServer
from tests.support.servers.made_batches import BATCH_ID

OTHER = """
import sys
from pathlib import Path
from skybatch.client.directory import lock_directory
with lock_directory(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_one_download_at_a_time_and_the_lock_leaves_nothing(tmp_path: Path) -> None:
    with lock_directory(tmp_path / "new"):
        with pytest.raises(Conflict), lock_directory(tmp_path / "new"):
            pass
        with lock_directory(tmp_path / "other"):
            pass
    with lock_directory(tmp_path / "new"):
        pass
    assert list(tmp_path.rglob("*")) == [tmp_path / "new", tmp_path / "other"]


def test_the_lock_of_a_process_that_died_is_free(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OTHER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(Conflict), lock_directory(tmp_path):
            pass
        other.kill()
        other.wait()
    assert (tmp_path / LOCK).exists()
    with lock_directory(tmp_path):
        pass
    assert not (tmp_path / LOCK).exists()


def test_a_second_download_into_a_directory_says_so(client: Client, tmp_path: Path) -> None:
    with lock_directory(tmp_path):
        with pytest.raises(Conflict):
            client.download(BATCH_ID, tmp_path)
        with pytest.raises(Conflict):
            next(client.fetch(BATCH_ID, tmp_path))
        with pytest.raises(Conflict):
            client.start(tmp_path, "ra,dec\n180,20\n")


@pytest.mark.parametrize("name", ["README.txt", "rows.csv", "images/0001_mine.fits"])
def test_files_of_others_are_seen_before_anything_is_submitted(
    server: FakeServer, client: Client, tmp_path: Path, name: str
) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(Conflict, match=name):
        client.start(tmp_path, "ra,dec\n180,20\n")
    assert server.accepted == {}
    client.start(tmp_path, "ra,dec\n180,20\n", force=True)
    client.start(tmp_path, "ra,dec\n180,20\n")
    assert len(server.accepted) == 1


def test_other_files_may_lie_in_the_directory(tmp_path: Path) -> None:
    (tmp_path / "targets.csv").write_bytes(b"mine")
    check_free(tmp_path)
    assert "targets.csv" not in USUAL_FILES


def test_a_directory_is_claimed_for_one_batch(tmp_path: Path) -> None:
    state = claim_directory(tmp_path, "https://sky.example", "a" * 32)
    assert ResumeState.load(tmp_path) == state == claim_directory(tmp_path, "https://x.example", "a" * 32)
    with pytest.raises(Conflict):
        claim_directory(tmp_path, "https://sky.example", "b" * 32)


def test_a_directory_is_reserved_for_one_request(tmp_path: Path) -> None:
    state = reserve_directory(tmp_path, "https://sky.example", "digest", None, force=False)
    assert state.idempotency_key
    assert reserve_directory(tmp_path, "https://sky.example", "digest", None, force=False) == state
    with pytest.raises(Conflict):
        reserve_directory(tmp_path, "https://sky.example", "another", None, force=True)


def test_the_directory_is_named_after_the_batch() -> None:
    assert default_directory(BATCH_ID) == f"skybatch-{BATCH_ID}"
    assert default_directory(f"https://sky.example/batches/{BATCH_ID}/results") == f"skybatch-{BATCH_ID}"
