"""A made archive; a results bucket on a server of moto's, and credentials that it accepts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from skybatch.storage.clients import client
from skybatch.storage.s3 import open_bucket
from tests.support.survey.sample_archive import MadeArchive


@pytest.fixture(scope="module")
def archive() -> MadeArchive:
    """An archive of its default image sets; a module that needs others has a fixture of its own."""
    return MadeArchive()


@pytest.fixture
def aws_credentials(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client.cache_clear()
    open_bucket.cache_clear()
    yield
    client.cache_clear()
    open_bucket.cache_clear()


@pytest.fixture
def results(aws_credentials: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    """A results bucket on moto's own server: obstore does not pass through botocore."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    client("s3").create_bucket(Bucket="results")
    yield open_bucket("results")
    server.stop()
