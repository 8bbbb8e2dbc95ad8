"""What holds for all unit tests: a process that knows the packaged surveys, and no archive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skybatch.surveys.known import hold, learn_from


@pytest.fixture(scope="module", autouse=True)
def no_surveys_of_files_before() -> None:
    """Forget what tests of other floors, which ran in this process, found an archive to hold."""
    learn_from(lambda: None)
    hold([])


@pytest.fixture(autouse=True)
def no_archive_to_learn_surveys_from() -> Iterator[None]:
    """Forget the archive that an earlier test opened, which says what surveys there are."""
    learn_from(lambda: None)
    yield
    hold([])
