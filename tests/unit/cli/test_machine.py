"""`skybatch list` and `open`: what was submitted from here."""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest

from skybatch.cli import main
from skybatch.client.machine import history
from tests.support.servers.fake_server import FakeServer, fake_server
from tests.support.servers.made_batches import BATCH_ID, MadeBatch

FIRST_ID = f"{0:032x}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeServer]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with fake_server() as fake:
        fake.batches[FIRST_ID] = MadeBatch({}, batch_id=FIRST_ID)
        monkeypatch.setenv("SKYBATCH_SERVER", fake.url)
        yield fake


def submit(tmp_path: Path) -> None:
    (tmp_path / "targets.csv").write_text("ra,dec\n180,20\n")
    assert main(["submit", str(tmp_path / "targets.csv"), "--label", "mine"]) == 0


def test_what_was_submitted_is_listed(
    server: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    submit(tmp_path)
    capsys.readouterr()
    assert main(["list"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert {FIRST_ID, server.url, "mine"} <= set(line.split())
    assert main(["list", "--json", "--status"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)["batches"]
    assert (listed["batch_id"], listed["label"], listed["state"]) == (FIRST_ID, "mine", "complete")


def test_a_server_that_is_gone_is_said_by_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    history.record(BATCH_ID, "http://127.0.0.1:9", 1)
    assert main(["list", "--status"]) == 0
    assert "unreachable" in capsys.readouterr().out


def test_nothing_is_kept_where_history_is_off(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SKYBATCH_HISTORY", "off")
    submit(tmp_path)
    capsys.readouterr()
    assert main(["list"]) == 0
    assert capsys.readouterr().out == ""


def test_the_page_of_the_last_batch_is_opened(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []

    def open_page(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", open_page)
    submit(tmp_path)
    capsys.readouterr()
    assert main(["open"]) == 0
    assert main(["open", BATCH_ID]) == 0
    expected = [f"{server.url}/batches/{each}/results" for each in (FIRST_ID, BATCH_ID)]
    assert opened == expected == capsys.readouterr().out.split()


def test_without_a_submission_there_is_none_to_open(server: FakeServer) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["open"])
    assert ended.value.code == 2
