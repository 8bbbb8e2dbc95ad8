"""A directory holds whole files only, and lists them as an object store would."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.storage.directory_tree import DirectoryTree


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = DirectoryTree(tmp_path)
    tree.write("file", b"old")

    def fail(self: Path, data: bytes) -> int:
        with self.open("wb") as half:
            half.write(data[:2])
        raise OSError("disk is full")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError):
        tree.write("file", b"new data")
    assert tree.read("file") == b"old"
    assert [entry.path for entry in tree.entries("")] == ["file"]


def test_an_object_is_a_file_that_can_be_mapped(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    tree.write("a/b", b"content")
    path = tree.local("a/b")
    assert path is not None
    assert path.read_bytes() == b"content"


def test_hidden_files_are_not_listed(tmp_path: Path) -> None:
    (tmp_path / ".half.1.part").write_bytes(b"x")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "file").write_bytes(b"x")
    (tmp_path / "shown").write_bytes(b"x")
    assert [entry.path for entry in DirectoryTree(tmp_path).entries("")] == ["shown"]


def test_a_link_to_nothing_is_listed_without_bytes(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "shown").write_bytes(b"x")
    listed = DirectoryTree(tmp_path).entries("")
    assert [(entry.path, entry.size) for entry in listed] == [("link", 0), ("shown", 1)]


def test_a_link_to_a_folder_that_holds_it_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/file").write_bytes(b"x")
    (tmp_path / "a/b/up").symlink_to("../..")
    (tmp_path / "a/loop").symlink_to("loop")
    assert [entry.path for entry in DirectoryTree(tmp_path).entries("")] == ["a/b/file"]


def test_a_confined_tree_follows_no_link_out_of_its_folders(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"x")
    root = tmp_path / "root"
    (root / "a/b").mkdir(parents=True)
    (root / "a/b/own").write_bytes(b"x")
    for name, target in {"a/out": outside, "a/file": outside / "file", "a/in": root / "a/b"}.items():
        (root / name).symlink_to(target)
    free, confined = DirectoryTree(root), DirectoryTree(root, confined=True)
    assert [e.path for e in free.entries("a/")] == ["a/b/own", "a/file", "a/in/own", "a/out/file"]
    assert [e.path for e in confined.entries("a/")] == ["a/b/own", "a/in/own"]
    assert list(confined.entries("a/out/")) == []


def test_the_folders_of_a_confined_tree_may_be_links_themselves(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk/file").write_bytes(b"x")
    root = tmp_path / "root"
    root.mkdir()
    (root / "a").symlink_to("../disk")
    assert [e.path for e in DirectoryTree(root, confined=True).entries("a/")] == ["a/file"]
