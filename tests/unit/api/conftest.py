"""A sample archive of one image set in three bands, an S3 server, and the functions' routes over them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from obstore.store import S3Store

from tests.support.aws.s3 import S3Server, s3_server
from tests.support.batches.functions import load_function
from tests.support.batches.in_process_service import Service
from tests.support.servers.http import HttpClient, make_dependencies
from tests.support.survey.sample_archive import MadeArchive

CENTER = (314.30417, 77.595559)


@pytest.fixture(scope="session")
def sample() -> MadeArchive:
    """Return an archive of one image set of the All-Sky Release."""
    return MadeArchive(centres=[CENTER])


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """Run an S3 server."""
    with s3_server() as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server) -> S3Store:
    """Return a store on an empty bucket."""
    return s3.bucket(f"test-{uuid4().hex}")


@pytest.fixture
def search(sample: MadeArchive) -> HttpClient:
    """Return the search function over the sample archive."""
    dependencies = make_dependencies(archive=sample.objects, open_inventory=sample.open)
    return HttpClient(dependencies, *load_function("search").ROUTES)


@pytest.fixture
def service(sample: MadeArchive) -> Service:
    """Return the service's code around stores in memory, which runs batches of the sample archive."""
    return Service(sample)


@pytest.fixture
def batches(service: Service, sample: MadeArchive) -> HttpClient:
    """Return the planner and the portal over the results of `service`."""
    dependencies = make_dependencies(
        results=service.objects, archive=sample.objects, open_inventory=sample.open, clock=lambda: 1200.0
    )
    routes = [*load_function("planner").ROUTES, *load_function("portal").ROUTES]
    return HttpClient(dependencies, *routes)
