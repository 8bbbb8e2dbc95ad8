"""`skybatch check`: rows, notices and errors as the server understands a table, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from skybatch.cli import main
from skybatch.cli.check import table_lines
from tests.support.servers.fake_server import FakeServer, fake_server
from tests.support.servers.fake_server_faults import always, refuse
from tests.support.servers.made_batches import UNDERSTOOD

CELL = {"line": 3, "row": 2, "column": "dec", "value": "99", "rule": "must lie between -90 and 90 degrees"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    with fake_server() as fake:
        monkeypatch.setenv("SKYBATCH_SERVER", fake.url)
        yield fake


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "targets.csv"
    path.write_text("RA,DE,name\n1,2,a\n")
    return str(path)


def test_rows_are_printed_and_notices_apart_from_them(
    server: FakeServer, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", table]) == 0
    captured = capsys.readouterr()
    lines = [line.split() for line in captured.out.splitlines()]
    assert lines[0] == ["row", "line", "ra", "dec", "name", "size", "best", "band", "id", "from"]
    assert lines[1] == ["1", "2", "204.253800", "-29.865400", "60", "JHK", "M", "83", "fk4", "B1950.0,", "h"]
    assert lines[2] == ["2", "3", "HL", "Tau", "y", "JHK"]
    assert "2 rows from RA in h, DE as dec, name; not used: mag" in captured.out
    assert captured.err.splitlines() == ["notice: Proper motion is not applied."]
    assert not server.accepted


def test_columns_stand_below_each_other() -> None:
    lines = table_lines(UNDERSTOOD["rows"])
    assert lines[0].index("id") == lines[1].index("M 83")
    assert lines[0].index("name") == lines[2].index("HL Tau")
    assert table_lines([]) == []


def test_errors_are_told_once_and_exit_1(
    server: FakeServer, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server.understood["errors"] = [CELL, {**CELL, "row": 3, "line": 4}]
    assert main(["check", table]) == 1
    printed = capsys.readouterr().err
    assert [printed.count(place) for place in ("line 3, row 2, dec '99'", "line 4, row 3, dec '99'")] == [
        1,
        1,
    ]


@pytest.mark.parametrize(("status", "code"), [(422, 1), (413, 1), (415, 4), (503, 5)])
def test_a_table_that_cannot_be_read_exits_1(
    server: FakeServer, table: str, status: int, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skybatch.client.retry.RetryPolicy.is_exhausted", lambda *_: True)
    codes = {422: "invalid", 413: "too_large", 415: "unsupported_media", 503: "transient"}
    server.faults = [always(refuse(status, codes[status]))]
    assert main(["check", table]) == code


def test_options_that_change_what_a_table_means_are_sent(server: FakeServer, table: str) -> None:
    assert main(["check", table, "--size", "1arcmin", "--best", "--bands", "JK", "--mode", "positions"]) == 0
    body = server.asked("/tables")[0].body
    assert all(word in body for word in (b"1arcmin", b"true", b"JK", b"positions"))


@pytest.mark.parametrize("options", [["--json"], ["--format", "json"]])
def test_json_is_the_servers_own(
    server: FakeServer, table: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", table, *options]) == 0
    assert json.loads(capsys.readouterr().out) == UNDERSTOOD


def test_a_table_format_prints_the_table_alone(
    server: FakeServer, table: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    server.understood["errors"] = [CELL]
    assert main(["check", table, "--format", "csv"]) == 1
    assert capfdbinary.readouterr().out == b"row,ra\n1,180.0\n"


def test_a_file_that_does_not_exist_is_wrong_usage(server: FakeServer) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["check", "nowhere.csv"])
    assert raised.value.code == 2
    assert server.seen == []
