"""A fake server, and a client with short delays between its attempts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skybatch.client import Client, RetryPolicy
from tests.support.servers.fake_server import FakeServer, fake_server
from tests.support.servers.made_batches import BATCH_ID, MadeBatch

IMAGES = {f"{n:04d}_990101n_j0010009.fits": bytes([n]) * (700 * n + 1) for n in range(1, 31)}
QUICK = RetryPolicy(max_attempts=4, initial_delay=0.001, max_delay=0.002, max_retry_after=1.0)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with fake_server() as fake:
        fake.batches[BATCH_ID] = MadeBatch(dict(IMAGES))
        yield fake


@pytest.fixture
def client(server: FakeServer) -> Iterator[Client]:
    with Client(server.url, retry=QUICK) as client:
        yield client
