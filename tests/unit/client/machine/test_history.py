"""The list of submissions: private, in order, and no reason for a submission to fail."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from skybatch.client.machine import history

FIRST, SECOND = "1" * 32, "2" * 32


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "skybatch" / "submissions.jsonl"


def test_the_newest_is_first_and_each_stands_once(state: Path) -> None:
    assert history.submissions() == []
    for batch_id in (FIRST, SECOND, FIRST):
        history.record(batch_id, "https://x", 3, "mine")
    found = history.submissions()
    assert [each.batch_id for each in found] == [SECOND, FIRST]
    assert (found[0].rows, found[0].label) == (3, "mine")
    assert found[0].results_url == f"https://x/batches/{SECOND}/results"
    assert stat.S_IMODE(state.stat().st_mode) == 0o600


def test_lines_that_are_none_are_skipped(state: Path) -> None:
    history.record(FIRST, "https://x", 1)
    with state.open("a") as file:
        file.write('torn\n{"batch_id": "x"}\n')
    assert [each.batch_id for each in history.submissions()] == [FIRST]


def test_a_list_that_cannot_be_written_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    history.record(FIRST, "https://x", 1)
    assert len(caplog.records) == 1


@pytest.mark.parametrize(("word", "kept"), [("off", False), ("", True), ("on", True), ("0", False)])
def test_the_environment_can_say_off(monkeypatch: pytest.MonkeyPatch, word: str, kept: bool) -> None:
    monkeypatch.setenv("SKYBATCH_HISTORY", word)
    assert history.is_kept() is kept
