"""A survey that is not packaged, known while a test runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skybatch.surveys.description.survey import Survey
from tests.support.survey.descriptions import known_survey, plain_survey


@pytest.fixture
def radio() -> Iterator[Survey]:
    """The plain survey."""
    with known_survey(plain_survey()) as survey:
        yield survey
