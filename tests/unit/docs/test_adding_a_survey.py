"""The page on adding a survey, worked through: every command, on made images and on the genuine one."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from obstore.store import LocalStore

from skybatch.cli.command_line import main
from skybatch.inventory.cache import open_inventories
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.description.reader import parse_survey
from skybatch.surveys.known import forget, known_surveys, learn_from
from tests.support.batches.functions import load_function
from tests.support.batches.in_process_service import Service, images_of
from tests.support.servers.http import HttpClient, make_dependencies
from tests.support.servers.local_http import local_http
from tests.support.survey.described.first_tree import commands, description, fill, key

DATA = Path(os.environ.get("SKYBATCH_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
GENUINE = DATA / "surveys" / "first" / "first_image.fits"


@pytest.fixture(params=["made", "genuine"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the description, the images and a list of fields, in which commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "first.toml").write_text(description())
    (tmp_path / "fields.csv").write_text("field,band\n10510+30456E,L\n")
    if request.param == "made":
        fill(DirectoryTree(tmp_path / "tree"))
    elif GENUINE.exists():
        DirectoryTree(tmp_path / "tree").write(key("10510+30456E"), GENUINE.read_bytes())
    else:
        pytest.skip(f"there is no {GENUINE}")
    yield tmp_path
    forget(parse_survey(description(), "first.toml"))


def archive_of(folder: Path) -> Any:
    """The archive as a deployed service meets it: nothing of the survey is known to the process."""
    forget(parse_survey(description(), "first.toml"))
    objects = LocalStore(str(folder / "tree"))
    return SimpleNamespace(objects=objects, open=open_inventories(objects))


def client_of(archive: Any) -> HttpClient:
    """The functions over an archive."""
    dependencies = make_dependencies(archive=archive.objects, open_inventory=archive.open)
    names = ("search", "planner", "portal")
    return HttpClient(dependencies, *(table for name in names for table in load_function(name).ROUTES))


def test_every_command_does_what_the_page_says(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [command for command in commands() if " plan " in command]
    for command in commands():
        if command not in asked:
            assert main(shlex.split(command)[1:]) == 0, command
    assert len(asked) == 2
    with local_http(client_of(archive_of(folder))) as address:
        monkeypatch.setenv("SKYBATCH_SERVER", address)
        for command in asked:
            capsys.readouterr()
            assert main([*shlex.split(command)[1:], "--json"]) == 0, command
            assert json.loads(capsys.readouterr().out)["images"] >= 1, command


def test_the_service_serves_it_by_the_description_alone(folder: Path) -> None:
    assert main(["archive", "index", "tree", "--survey", "first.toml"]) == 0
    archive = archive_of(folder)
    assert "first" not in known_surveys()
    client = client_of(archive)
    (held,) = client.get("/surveys").json()["surveys"]
    assert (held["id"], held["modes"]) == ("first", ["region", "positions", "image_ids"])
    found = client.get("/ibe/search/first/first/images?where=datamax>0&columns=field,fname&ct=csv").body
    assert b"10510+30456E,10510+30456E.fits" in found
    assert client.get("/ibe/sia/first/first/images?POS=162.53,30.677&SIZE=1&RESPONSEFORMAT=CSV").status == 200
    observations = client.get("/sia2/query?COLLECTION=first&RESPONSEFORMAT=csv").body
    assert b"ivo://skybatch/first?" in observations


def test_a_batch_of_it_runs(folder: Path) -> None:
    assert main(["archive", "index", "tree", "--survey", "first.toml"]) == 0
    archive = archive_of(folder)
    learn_from(lambda: None)
    service = Service(SimpleNamespace(objects=archive.objects, open=open_inventories(archive.objects)))  # type: ignore[arg-type]
    accepted = service.submit(mode="image_ids", survey="first", table="field\n10510+30456E\n10510+30456X\n")
    status = service.run(accepted)
    assert (status.state, status.rows.retrieved, status.rows.not_covered) == ("complete", 1, 1)
    images = images_of(service.file(accepted, "images.tar"))
    stored = (folder / "tree" / key("10510+30456E")).read_bytes()
    assert images == {"0001_first_10510p30456E_l.fits": stored}
    rows = service.file(accepted, "rows.csv").decode().splitlines()
    assert "image_id" in rows[0]
    assert "10510+30456X" in rows[2]


class SeparateProcesses(Service):
    """The functions as processes of their own: each learns of the survey from the archive, or not at all."""

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        forget(parse_survey(description(), "first.toml"))
        learn_from(lambda: None)  # a worker opens no inventory
        try:
            return super().send_message_batch(QueueUrl, Entries)
        finally:
            open_inventories(self.archive.objects)


def test_workers_need_to_know_nothing_of_it(folder: Path) -> None:
    assert main(["archive", "index", "tree", "--survey", "first.toml"]) == 0
    archive = archive_of(folder)
    service = SeparateProcesses(archive)
    table = "ra,dec,size\n162.53,30.677,10\n162.53,30.677,\n"
    status = service.run(service.submit(mode="positions", survey="first", table=table))
    assert (status.state, status.images.retrieved, status.images.failed) == ("complete", 2, 0)
