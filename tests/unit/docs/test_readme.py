"""README.md: its pictures are small, its links exist, and its examples run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from local.deploy import ROOT
from skybatch.cli import make_parser
from tests.support.servers.fake_server import FakeServer, fake_server
from tests.support.servers.made_batches import BATCH_ID, MadeBatch

README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SERVER = "http://127.0.0.1:8080"
MAX_PICTURE_BYTES = 200_000
MAX_EXAMPLE_LINES = 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_repository_exist(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []


def test_every_page_of_the_documentation_is_linked() -> None:
    for page in sorted((ROOT / "docs").glob("*.*")):
        assert f"docs/{page.name}" in README


def test_the_parts_come_in_the_order_a_newcomer_needs() -> None:
    order = ["skybatch retrieves", "results-page.png", "architecture.svg", "## Who it is for"]
    order += ["make demo", "make test", "from skybatch import Client", "skybatch submit", "docs/usage.md"]
    places = [README.index(part) for part in order]
    assert places == sorted(places)


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "images").iterdir()), ids=lambda path: path.name)
def test_pictures_are_small_and_used(picture: Path) -> None:
    assert picture.stat().st_size < MAX_PICTURE_BYTES
    assert f"docs/images/{picture.name}" in README
    if picture.suffix == ".svg":
        ElementTree.parse(picture)
    else:
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len([line for line in example.splitlines() if line]) <= MAX_EXAMPLE_LINES
    monkeypatch.chdir(tmp_path)
    Path("targets.csv").write_text("ra,dec\n180,20\n")
    with fake_server() as server:
        accept_a_batch(server)
        exec(example.replace(SERVER, server.url), {})
    assert "1 images in results" in capsys.readouterr().out
    assert Path("results/images/a.fits").read_bytes() == b"a"


def accept_a_batch(server: FakeServer) -> None:
    first_id = f"{0:032x}"
    assert first_id != BATCH_ID
    server.batches[first_id] = MadeBatch({"a.fits": b"a"}, batch_id=first_id)


def test_the_command_without_a_service_is_one() -> None:
    (line,) = re.findall(r"`(skybatch local [^`]*)`", README)
    options = make_parser().parse_args(shlex.split(line)[1:])
    assert (options.table, str(options.archive), str(options.out)) == ("targets.csv", "TREE", "DIR")
    assert README.index("make demo") < README.index(line)


def test_the_shell_example_is_a_command() -> None:
    (line,) = re.findall(r"^    (skybatch submit .*)$", README, flags=re.MULTILINE)
    options = make_parser().parse_args(shlex.split(line)[1:])
    assert (options.table, options.server, options.download) == ("targets.csv", SERVER, "results")
