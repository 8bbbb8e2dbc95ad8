"""An S3 on this machine: moto's server, for what a store in memory cannot do (presigned URLs)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

import boto3
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

REGION = "us-east-1"


class S3Server:
    """Makes buckets on a server that runs."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def bucket(self, name: str) -> S3Store:
        """Create a bucket, and return a store on it."""
        client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        client.create_bucket(Bucket=name)
        return S3Store(
            name,
            endpoint=self.endpoint,
            region=REGION,
            access_key_id="testing",
            secret_access_key="testing",
            client_options={"allow_http": True},
        )


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run a server until the block ends."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield S3Server(f"http://{host}:{port}")
    finally:
        server.stop()


def fetch(url: str, method: str = "GET") -> bytes:
    """Return what lies at a presigned URL."""
    with urlopen(Request(url, method=method)) as answer:
        body: bytes = answer.read()
    return body
