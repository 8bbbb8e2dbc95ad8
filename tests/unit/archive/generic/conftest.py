"""A tree without a description."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from skybatch.storage.directory_tree import DirectoryTree
from tests.support.survey.descriptions import forgotten_surveys


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[DirectoryTree]:
    with forgotten_surveys():
        yield DirectoryTree(tmp_path)
