"""A tree of three FIRST images, and the survey as the documentation describes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import forget
from tests.support.survey.described.first_tree import description, fill


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    made = DirectoryTree(tmp_path)
    fill(made)
    return made


@pytest.fixture
def survey() -> Iterator[Survey]:
    read = read_survey(description(), "first.toml")
    yield read
    forget(read)
