"""An S3 that refuses what AWS refuses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.aws.fake_s3 import FakeS3, fake_s3


@pytest.fixture
def s3() -> Iterator[FakeS3]:
    """The server; its one bucket is empty."""
    with fake_s3() as running:
        yield running
