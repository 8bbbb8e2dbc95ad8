"""Progress events: which a download sends, and that their bytes sum to the transfer's total."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.client import BatchStatus, Client, RetryPolicy
from skybatch.client.progress import NoProgress, ProgressListener
from skybatch.errors import SkybatchError
from tests.support.servers.fake_server import FakeServer
from tests.support.servers.fake_server_faults import cut_after, refuse, times
from tests.support.servers.made_batches import BATCH_ID
from tests.unit.client.conftest import QUICK


class Recorder:
    """Keeps the events, and the bytes of each transfer."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.totals: dict[str, int] = {}
        self.received: dict[str, int] = {}
        self.delays: list[float] = []

    def on_status(self, status: BatchStatus) -> None:
        self.events.append(f"status {status.state}")

    def on_retry(self, failure: SkybatchError, delay: float) -> None:
        self.events.append(f"retry {failure.code}")
        self.delays.append(delay)

    def on_transfer_start(self, name: str, total: int) -> None:
        self.events.append(f"start {name}")
        self.totals[name], self.received[name] = total, 0

    def on_bytes(self, count: int) -> None:
        self.received[list(self.received)[-1]] += count

    def on_transfer_end(self) -> None:
        self.events.append("end")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def download(server: FakeServer, recorder: Recorder, directory: Path) -> None:
    listener: ProgressListener = recorder
    with Client(server.url, retry=QUICK, progress=listener) as client:
        client.download(BATCH_ID, directory)


def test_a_download_sends_status_and_transfer(server: FakeServer, recorder: Recorder, tmp_path: Path) -> None:
    download(server, recorder, tmp_path)
    assert recorder.events == ["status complete", "start images.tar", "end"]
    assert recorder.received == recorder.totals


def test_images_fetched_one_by_one_are_a_transfer_of_their_own(
    server: FakeServer, recorder: Recorder, tmp_path: Path
) -> None:
    download(server, Recorder(), tmp_path)
    path = next((tmp_path / "images").iterdir())
    size = path.stat().st_size
    path.unlink()
    download(server, recorder, tmp_path)
    assert recorder.events == ["status complete", "start images", "end"]
    assert recorder.totals == recorder.received == {"images": size}


def test_bytes_sum_to_the_total_although_connections_break(
    server: FakeServer, recorder: Recorder, tmp_path: Path
) -> None:
    server.faults = [times(5, "/signed/", cut_after(3000))]
    download(server, recorder, tmp_path)
    assert recorder.received == recorder.totals
    assert recorder.events.count("retry unreachable") == 5


def test_a_repetition_comes_with_its_reason_and_delay(server: FakeServer, recorder: Recorder) -> None:
    server.faults = [times(2, "/batches", refuse(429, "too_many"))]
    policy = RetryPolicy(initial_delay=0.001, max_delay=0.002)
    with Client(server.url, retry=policy, progress=recorder) as client:
        client.status(BATCH_ID)
    assert recorder.events == ["retry too_many", "retry too_many", "status complete"]
    assert all(0 <= delay <= 0.002 for delay in recorder.delays)


def test_the_default_listener_accepts_every_event(server: FakeServer, tmp_path: Path) -> None:
    listener: ProgressListener = NoProgress()
    server.faults = [times(1, "/signed/", cut_after(100))]
    with Client(server.url, retry=QUICK, progress=listener) as client:
        assert client.download(BATCH_ID, tmp_path).images
