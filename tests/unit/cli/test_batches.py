"""The commands on batches: their arguments, their output for people and programs, their exit codes."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from skybatch.cli import main
from tests.support.servers.fake_server import FakeServer, fake_server
from tests.support.servers.fake_server_faults import always, refuse, reset, respond, times
from tests.support.servers.made_batches import BATCH_ID, NEXT_ID, MadeBatch

IMAGES = {f"{n:04d}_990101n_j0010009.fits": bytes([n]) * 500 for n in range(1, 13)}
FIRST_ID = f"{0:032x}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    with fake_server() as fake:
        for batch_id in (BATCH_ID, FIRST_ID):
            fake.batches[batch_id] = MadeBatch(dict(IMAGES), batch_id=batch_id)
        monkeypatch.setenv("SKYBATCH_SERVER", fake.url)
        yield fake


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "targets.csv"
    path.write_text("ra,dec\n180,20\n")
    return str(path)


def images_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "images").iterdir()}


def test_submit_prints_the_id_alone(
    server: FakeServer, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["submit", table]) == 0
    assert capsys.readouterr().out == f"{FIRST_ID}\n"


def test_submit_with_download_does_everything(
    server: FakeServer, table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["submit", table, "--download", str(tmp_path / "out")]) == 0
    assert images_in(tmp_path / "out") == IMAGES
    captured = capsys.readouterr()
    assert "12 images" in captured.out
    assert "fetching images.tar" in captured.err, "plain lines where there is no terminal"


def test_the_same_command_continues_the_same_batch(server: FakeServer, table: str, tmp_path: Path) -> None:
    command = ["submit", table, "--download", str(tmp_path / "out"), "--quiet"]
    assert main(command) == main(command) == 0
    assert len(server.accepted) == 1


def test_a_table_from_standard_input(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = SimpleNamespace(buffer=io.BytesIO(b"coadd_key\n12\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main(["submit", "-", "--mode", "coadd_keys", "--bands", "J,H"]) == 0
    sent = server.asked("/batches")[0].body
    assert b"coadd_key\n12\n" in sent
    assert b"J,H" in sent


@pytest.mark.parametrize(
    "arguments",
    [
        ["--center", "M83", "--diameter", "1"],
        ["--date", "990320", "--hemisphere", "s", "--scan", "71"],
    ],
)
def test_regions_and_scans_need_no_table(server: FakeServer, arguments: list[str]) -> None:
    assert main(["submit", *arguments]) == 0
    fields = json.loads(server.asked("/batches")[0].body)
    assert fields["mode"] == ("region" if "--center" in arguments else "scan")


@pytest.mark.parametrize(
    ("command", "has"),
    [
        (["plan", "TABLE"], "parts"),
        (["submit", "TABLE"], "results_url"),
        (["submit", "TABLE", "--wait"], "state"),
        (["status", BATCH_ID], "state"),
        (["wait", BATCH_ID], "state"),
        (["download", BATCH_ID, "DIR"], "parts"),
        (["resubmit", BATCH_ID], "batch_id"),
        (["cancel", BATCH_ID], "batch_id"),
    ],
)
def test_json_is_one_object_on_standard_output(
    server: FakeServer,
    table: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    has: str,
) -> None:
    named = {"TABLE": table, "DIR": str(tmp_path / "out")}
    assert main([*(named.get(word, word) for word in command), "--json"]) == 0
    assert has in json.loads(capsys.readouterr().out)


def test_all_parts(server: FakeServer, tmp_path: Path) -> None:
    server.batches[BATCH_ID].left_over = 1
    server.batches[NEXT_ID] = MadeBatch({"0099_990101n_j0010009.fits": b"z"}, batch_id=NEXT_ID, part=2)
    assert main(["download", BATCH_ID, str(tmp_path / "one"), "-q"]) == 3
    assert main(["download", BATCH_ID, str(tmp_path / "all"), "-q", "--all-parts"]) == 0
    assert len(images_in(tmp_path / "all" / "part-2")) == 1


def test_a_download_without_a_directory_makes_its_own(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.txt").write_text("mine")
    assert main(["download", BATCH_ID, "-q"]) == 0
    assert images_in(tmp_path / f"skybatch-{BATCH_ID}") == IMAGES
    assert (tmp_path / "README.txt").read_text() == "mine"


def test_files_of_others_are_overwritten_only_by_force(
    server: FakeServer, table: str, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text("mine")
    for command in (["download", BATCH_ID, str(tmp_path)], ["submit", table, "--download", str(tmp_path)]):
        assert main([*command, "-q"]) == 4
        assert (tmp_path / "rows.csv").read_text() == "mine"
    assert main(["download", BATCH_ID, str(tmp_path), "-q", "--force"]) == 0
    assert (tmp_path / "rows.csv").read_text() != "mine"


def test_as_they_finish(server: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["download", BATCH_ID, str(tmp_path), "--as-they-finish", "-q"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {Path(line).name for line in lines[:-1]} == set(IMAGES)


def test_a_url_gives_server_and_batch(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SKYBATCH_SERVER")
    assert main(["status", f"{server.url}/batches/{BATCH_ID}/results"]) == 0
    assert "complete" in capsys.readouterr().out
    assert main(["status", BATCH_ID]) == 4


def exit_code_of(change: dict[str, Any], server: FakeServer) -> int:
    for name, value in change.items():
        setattr(server.batches[BATCH_ID], name, value)
    return main(["wait", BATCH_ID, "-q"])


@pytest.mark.parametrize(
    ("change", "code"),
    [({}, 0), ({"left_over": 1}, 3), ({"state": "cancelled"}, 3), ({"state": "failed"}, 1)],
)
def test_exit_codes_of_ends(server: FakeServer, change: dict[str, Any], code: int) -> None:
    assert exit_code_of(change, server) == code


def test_exit_codes_of_errors(server: FakeServer, table: str, capsys: pytest.CaptureFixture[str]) -> None:
    server.batches[BATCH_ID].state = "working"
    assert main(["wait", BATCH_ID, "--timeout", "0.1"]) == 5
    assert main(["status", NEXT_ID]) == 4
    server.faults = [times(1, "/batches", refuse(429, "too_many", Retry_After="9999"))]
    assert main(["submit", table]) == 5
    capsys.readouterr()
    server.faults = [times(1, "/batches", refuse(422, "invalid"))]
    assert main(["submit", table, "--json"]) == 4
    assert json.loads(capsys.readouterr().err)["code"] == "invalid"


@pytest.mark.parametrize(
    "arguments",
    [
        ["submit"],
        ["submit", "t.csv", "--center", "M83"],
        ["submit", "t.csv", "--all-parts"],
        ["submit", "nowhere.csv"],
        ["plan", "nowhere.csv"],
        ["status", "no-id"],
        ["download", BATCH_ID, "--in-flight", "0"],
        ["nothing"],
        [],
    ],
)
def test_wrong_usage_exits_2_without_a_request(server: FakeServer, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert server.seen == []


def test_every_row_error_is_a_line(
    server: FakeServer, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = [{"line": n, "row": n - 1, "column": "dec", "value": "x", "rule": "bad"} for n in range(2, 40)]
    problem = {"code": "invalid", "detail": "38 values.", "errors": errors}
    server.faults = [always(respond(422, json.dumps(problem).encode()))]
    assert main(["submit", table]) == 4
    lines = capsys.readouterr().err.splitlines()
    assert lines[1] == "  line 2, row 1, dec 'x': bad"
    assert lines[-1] == "  and 18 more"
    assert len(lines) == 22


def test_delays_are_printed_unless_quiet(server: FakeServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.faults = [times(1, "/batches", refuse(429, "too_many", Retry_After="1"))]
    assert main(["status", BATCH_ID]) == 0
    assert "told to fail Trying again in" in capsys.readouterr().err
    server.faults = [times(1, "/batches", reset)]
    assert main(["status", BATCH_ID, "-q"]) == 0
    assert "again" not in capsys.readouterr().err


FIRST_ROW = re.compile(rb'name="first_row"\r\n\r\n([0-9]+)')


@pytest.fixture
def long_table(server: FakeServer, tmp_path: Path) -> str:
    for number in range(3):
        batch_id = f"{number:032x}"
        server.batches[batch_id] = MadeBatch({f"{number:04d}_a.fits": bytes([number])}, batch_id=batch_id)
    path = tmp_path / "long.csv"
    path.write_text("ra,dec\n" + "".join(f"{n % 360},20\n" for n in range(5001)))
    return str(path)


def test_a_table_of_too_many_rows_is_several_batches(
    server: FakeServer, long_table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["submit", long_table, "--split", "--key", "k"]) == 0
    assert capsys.readouterr().out.split() == [f"{n:032x}" for n in range(3)]
    bodies = [seen.body for seen in server.asked("/batches") if seen.method == "POST"]
    assert [FIRST_ROW.findall(body) for body in bodies] == [[b"1"], [b"2501"], [b"5001"]]


def test_each_of_several_batches_is_downloaded_to_a_folder_of_its_own(
    server: FakeServer, long_table: str, tmp_path: Path
) -> None:
    assert main(["submit", long_table, "--split", "--download", str(tmp_path / "out")]) == 0
    names = sorted(folder.name for folder in (tmp_path / "out").iterdir())
    assert names == ["rows-00001-02500", "rows-02501-05000", "rows-05001-05001"]
