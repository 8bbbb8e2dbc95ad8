"""`submit --split`: parts with their rows numbered on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from skybatch.cli import main
from tests.support.servers.fake_server import FakeServer, fake_server
from tests.support.servers.made_batches import MadeBatch

FIRST_ROW = re.compile(rb'name="first_row"\r\n\r\n([0-9]+)')


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    with fake_server() as fake:
        for number in range(3):
            batch_id = f"{number:032x}"
            fake.batches[batch_id] = MadeBatch({f"{number:04d}_a.fits": bytes([number])}, batch_id=batch_id)
        monkeypatch.setenv("SKYBATCH_SERVER", fake.url)
        yield fake


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "targets.csv"
    path.write_text("ra,dec\n" + "".join(f"{n % 360},20\n" for n in range(5001)))
    return str(path)


def test_each_part_is_a_batch_that_continues_the_one_before(
    server: FakeServer, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["submit", table, "--split", "--key", "k"]) == 0
    assert capsys.readouterr().out.split() == [f"{n:032x}" for n in range(3)]
    bodies = [seen.body for seen in server.asked("/batches") if seen.method == "POST"]
    assert [FIRST_ROW.findall(body) for body in bodies] == [[b"1"], [b"2501"], [b"5001"]]


def test_each_part_is_downloaded_to_a_folder_of_its_own(
    server: FakeServer, table: str, tmp_path: Path
) -> None:
    assert main(["submit", table, "--split", "--download", str(tmp_path / "out")]) == 0
    names = sorted(folder.name for folder in (tmp_path / "out").iterdir())
    assert names == ["rows-00001-02500", "rows-02501-05000", "rows-05001-05001"]
