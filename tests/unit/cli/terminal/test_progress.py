"""Progress on standard error: bars on a terminal, lines elsewhere, nothing when quiet."""

from __future__ import annotations

import io
import sys

import pytest

from skybatch.cli.terminal.progress import ProgressBars, ProgressLines, make_listener, retry_text
from skybatch.client import BatchStatus
from skybatch.errors import Transient
from tests.support.servers.made_batches import MadeBatch

FAILURE = Transient("The server is busy.")


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def status(state: str, done: int = 0) -> BatchStatus:
    answer = MadeBatch({"a.fits": b"a", "b.fits": b"b"}, state=state).status()
    answer["progress"]["done"] = done
    return BatchStatus.from_json(answer)


def use_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make standard error a terminal; in the test itself, since pytest captures each phase anew."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def test_the_listener_suits_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    use_terminal(monkeypatch)
    assert isinstance(make_listener(quiet=False), ProgressBars)
    assert make_listener(quiet=True) is None
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(make_listener(quiet=False), ProgressLines)


def test_short_delays_are_not_shown() -> None:
    assert retry_text(FAILURE, 0.9) == ""
    assert "3 s" in retry_text(FAILURE, 3.0)


def test_lines_follow_the_state(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ProgressLines()
    for each in (status("planning"), status("planning"), status("working"), status("complete", 2)):
        lines.on_status(each)
    assert [line.split(",")[0] for line in capsys.readouterr().err.splitlines()] == ["planning", "working"]


def test_lines_of_one_state_are_seconds_apart(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("skybatch.cli.terminal.progress.time.monotonic", lambda: now[0])
    lines = ProgressLines()
    for second in range(13):
        now[0] = 100.0 + second
        lines.on_status(status("working", second % 3))
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_a_transfer_is_announced_and_its_bytes_summed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("skybatch.cli.terminal.progress.time.monotonic", lambda: now[0])
    lines = ProgressLines()
    lines.on_transfer_start("images.tar", 5000)
    lines.on_bytes(1000)
    now[0] += 6.0
    lines.on_bytes(1500)
    lines.on_transfer_end()
    lines.on_retry(FAILURE, 2.0)
    lines.on_retry(FAILURE, 0.1)
    assert capsys.readouterr().err.splitlines() == [
        "fetching images.tar, 5.0 kB",
        "fetching images.tar, 2.5 kB of 5.0 kB",
        retry_text(FAILURE, 2.0),
    ]


def test_bars_show_the_batch_then_the_transfer(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = use_terminal(monkeypatch)
    bars = ProgressBars()
    bars.on_status(status("working", 1))
    assert "working" in terminal.getvalue()
    assert "1/2" in terminal.getvalue()
    bars.on_status(status("complete", 2))
    bars.on_transfer_start("images.tar", 2_000_000)
    bars.on_bytes(1_000_000)
    bars.on_retry(FAILURE, 2.0)
    bars.on_transfer_end()
    bars.on_bytes(1)
    assert "images.tar" in terminal.getvalue()
    assert FAILURE.detail in terminal.getvalue()
    assert not terminal.getvalue().endswith("\n")
