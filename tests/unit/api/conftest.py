"""A sample archive of one image set in three bands, and an application of every search route over it."""

from __future__ import annotations

import pytest
from obstore.store import S3Store

from tests.support.functions import load_function
from tests.support.http import HttpClient, make_dependencies
from tests.support.sample_archive import MadeArchive

CENTER = (314.30417, 77.595559)


@pytest.fixture(scope="session")
def sample() -> MadeArchive:
    """An archive of one image set of the All-Sky Release."""
    return MadeArchive(centres=[CENTER])


@pytest.fixture
def search(sample: MadeArchive) -> HttpClient:
    """The search function's routes over the sample archive."""
    dependencies = make_dependencies(archive=sample.objects, open_inventory=sample.open)
    return HttpClient(dependencies, *load_function("search").ROUTES)


@pytest.fixture
def presigning_store() -> S3Store:
    """A bucket that URLs can be presigned for; nothing can be read from it."""
    return S3Store("results", region="us-east-1", access_key_id="testing", secret_access_key="testing")
