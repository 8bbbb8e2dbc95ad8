"""A made archive on disk, and requests for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skybatch.standalone.acceptance import PostedRequest
from tests.support.survey.archive_on_disk import write_tree
from tests.support.survey.sample_archive import POSITIONS, MadeArchive


@pytest.fixture(scope="session")
def made_archive() -> MadeArchive:
    return MadeArchive()


@pytest.fixture
def tree(made_archive: MadeArchive, tmp_path: Path) -> Path:
    return write_tree(made_archive, tmp_path / "archive")


def posted(**fields: object) -> PostedRequest:
    """Return a request as JSON."""
    body = {"mode": "positions", "table": POSITIONS, **fields}
    return PostedRequest(json.dumps(body).encode(), "application/json")
