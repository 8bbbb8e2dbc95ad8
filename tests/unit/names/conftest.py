"""The fake name services."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.fake_resolvers import FakeResolvers


@pytest.fixture
def fakes() -> Iterator[FakeResolvers]:
    with FakeResolvers() as running:
        yield running
