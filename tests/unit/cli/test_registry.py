"""`skybatch registry` against the routes of the service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skybatch.cli import main
from skybatch.client import Client

RECORDS = [{"id": "service", "ivoid": "ivo://x/service"}, {"id": "2mass-asky", "ivoid": "ivo://x/2mass-asky"}]


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> None:
    def record(_: Client, name: str) -> bytes:
        return f"<{name}/>\n".encode()

    def records(_: Client) -> list[dict[str, Any]]:
        return RECORDS

    monkeypatch.setattr(Client, "registry_record", record)
    monkeypatch.setattr(Client, "registry_records", records)
    monkeypatch.setenv("SKYBATCH_SERVER", "http://127.0.0.1:9")


def test_records_are_listed_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["registry"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{each['id']}  {each['ivoid']}" for each in RECORDS]
    assert main(["registry", "service"]) == 0
    assert capsys.readouterr().out == "<service/>\n"


def test_all_records_are_written(tmp_path: Path) -> None:
    assert main(["registry", "--directory", str(tmp_path / "new")]) == 0
    assert (tmp_path / "new" / "2mass-asky.xml").read_text() == "<2mass-asky/>\n"
