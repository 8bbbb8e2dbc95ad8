"""The functions over a made AllWISE archive in a bucket, answering at an address of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from obstore.store import ObjectStore

from skybatch.archive.described.index import index_described
from skybatch.inventory.cache import open_inventories
from skybatch.inventory.inventory import Inventory
from skybatch.settings import Settings
from skybatch.storage.bucket_tree import BucketTree
from skybatch.surveys.catalogue import packaged_description
from skybatch.surveys.known import forget, learn_from
from tests.support.batches.functions import load_function
from tests.support.servers.http import HttpAnswer, HttpClient, make_dependencies
from tests.support.servers.local_http import local_http
from tests.support.servers.s3 import s3_server
from tests.support.survey.allwise_tree import SURVEY, fill

FUNCTIONS = ("search", "planner", "portal")


@dataclass
class AllWiseService:
    """The address of the functions, and what they read."""

    url: str
    objects: ObjectStore
    clients: list[HttpClient] = field(default_factory=list)

    def open(self, dataset: str, version: str | None) -> Inventory:
        """Open an inventory."""
        return open_inventories(self.objects)(dataset, version)

    def call(self, method: str, url: str, body: bytes = b"", **headers: str) -> HttpAnswer:
        """Answer a request."""
        return self.clients[0].call(method, url, body, **headers)

    def get(self, url: str) -> HttpAnswer:
        """Answer a GET."""
        return self.call("GET", url)


@contextmanager
def allwise_service() -> Iterator[AllWiseService]:
    """Index a made archive, forget all that was learnt, and serve it."""
    with s3_server() as server:
        objects = server.bucket("archive")
        tree = BucketTree(objects)
        fill(tree)
        index_described(tree, packaged_description("allwise"), "allwise.toml")
        forget(SURVEY)
        service = AllWiseService("", objects)
        with local_http(service) as service.url:  # type: ignore[arg-type]
            service.clients.append(_client(service, server.bucket("results")))
            yield service
    forget(SURVEY)
    learn_from(lambda: None)


def _client(service: AllWiseService, results: ObjectStore) -> HttpClient:
    dependencies: Any = make_dependencies(
        settings=Settings(public_url=service.url),
        archive=service.objects,
        results=results,
        open_inventory=open_inventories(service.objects),
    )
    routes = (table for name in FUNCTIONS for table in load_function(name).ROUTES)
    return HttpClient(dependencies, *routes)
