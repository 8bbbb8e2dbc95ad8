"""A folder of a user's is served as what it holds, and stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from obstore.store import MemoryStore

from local.archive_bucket import upload_tree
from local.given_archive import GivenArchive, given_archive
from skybatch.archive.described.index import index_described
from skybatch.archive.generic.index import index_tree
from skybatch.errors import InventoryError
from skybatch.inventory.held_surveys import HELD
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.survey.any_images import an_image, fill
from tests.support.survey.described import first_tree
from tests.support.survey.descriptions import forgotten_surveys


@pytest.fixture(autouse=True)
def _known_surveys_stay() -> Iterator[None]:
    with forgotten_surveys():
        yield


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of two images, and of what is none."""
    tree = DirectoryTree(tmp_path / "Thesis")
    fill(tree, {"a b/x.fits": an_image(), "y.fits": an_image(FILTER="r"), "y.weight.fits": an_image()})
    fill(tree, {"secret.txt": b"x", "bad.fits": b"x"})
    return tree.root


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    made = tmp_path / "scratch"
    made.mkdir()
    return made


def uploaded(archive: GivenArchive, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What an upload makes, by key."""
    store = MemoryStore()
    monkeypatch.setattr("local.archive_bucket.emulator_bucket", lambda *_: store)
    upload_tree(Mock(), "archive", archive.root, print, archive.folders, linked=archive.linked)
    keys = [item["path"] for item in store.list().collect()]
    return {key: bytes(store.get(key).bytes()) for key in keys}


def test_images_and_their_inventory_are_uploaded_and_the_folder_stays_as_it_is(
    root: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.stat().st_mtime_ns for path in (root, *root.rglob("*"))}
    said: list[str] = []
    files = uploaded(given_archive(root, scratch, said.append), monkeypatch)
    assert {path: path.stat().st_mtime_ns for path in (root, *root.rglob("*"))} == before
    assert {key for key in files if not key.startswith("inventory/")} == {"a b/x.fits", "y.fits"}
    assert files["y.fits"] == (root / "y.fits").read_bytes()
    assert json.loads(files[HELD])["datasets"] == ["thesis"]
    assert any("y.weight.fits" in line for line in said)
    assert any(line.startswith("  left out: bad.fits: ") for line in said)


def test_a_folder_that_was_indexed_is_indexed_anew(
    root: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_tree(DirectoryTree(root), "thesis")
    fill(DirectoryTree(root), {"new.fits": an_image()})
    files = uploaded(given_archive(root, scratch, print), monkeypatch)
    assert "new.fits" in files
    assert len([key for key in files if key.endswith("/manifest.json")]) == 1


def test_links_out_of_the_folder_are_named_and_left(root: Path, scratch: Path, tmp_path: Path) -> None:
    outside = tmp_path / "private.fits"
    outside.write_bytes(an_image())
    (root / "link.fits").symlink_to(outside)
    (root / "inside.fits").symlink_to("y.fits")
    said: list[str] = []
    archive = given_archive(root, scratch, said.append)
    assert not (archive.root / "link.fits").exists()
    assert (archive.root / "inside.fits").read_bytes() == (root / "y.fits").read_bytes()
    assert "  left out: 'link.fits', a link out of the folder" in said


def test_surveys_with_descriptions_are_served_as_they_are(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = DirectoryTree(tmp_path / "first")
    first_tree.fill(tree)
    index_described(tree, first_tree.description(), "first.toml")
    archive = given_archive(tree.root, scratch, print)
    assert archive.root == tree.root
    assert first_tree.key("10510+30456E") in uploaded(archive, monkeypatch)


def test_a_folder_without_images_is_refused(tmp_path: Path, scratch: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InventoryError):
        given_archive(tmp_path / "empty", scratch, print)
    with pytest.raises(FileNotFoundError):
        given_archive(tmp_path / "absent", scratch, print)
