"""Where a tree lies decides how it is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.locations import open_tree


def test_a_path_is_a_directory(tmp_path: Path) -> None:
    tree = open_tree(str(tmp_path))
    tree.write("a/b", b"x")
    assert isinstance(tree, DirectoryTree)
    assert (tmp_path / "a" / "b").read_bytes() == b"x"


def test_an_s3_url_is_a_bucket_and_its_prefix(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    tree = open_tree("s3://archive/some/prefix")
    tree.write("a", b"x")
    assert isinstance(tree, BucketTree)
    assert open_tree("s3://archive").read("some/prefix/a") == b"x"
