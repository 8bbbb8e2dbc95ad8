"""Bundles made for the tests, in a bucket in memory, in a directory, and on a server."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from skybatch.storage.clients import client
from skybatch.storage.s3 import open_bucket


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    """A results bucket on moto's own server: obstore does not pass through botocore."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    client.cache_clear()
    open_bucket.cache_clear()
    urlopen(Request(f"http://{host}:{port}/moto-api/reset", method="POST"))  # a process has one state
    client("s3").create_bucket(Bucket="results")
    yield open_bucket("results")
    server.stop()
    client.cache_clear()
    open_bucket.cache_clear()
