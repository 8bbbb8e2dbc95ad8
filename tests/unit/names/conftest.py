"""The fake name services."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.names import NameServices


@pytest.fixture
def fakes() -> Iterator[NameServices]:
    with NameServices() as running:
        yield running
