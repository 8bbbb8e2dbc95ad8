"""The functions over a made AllWISE archive, whose images lie in a public bucket, at an address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from obstore.store import MemoryStore, ObjectStore

from skybatch.archive.described.index import index_described
from skybatch.inventory.cache import open_inventories
from skybatch.settings import Settings
from skybatch.storage.bucket_tree import BucketTree
from skybatch.surveys.catalogue import packaged_description
from skybatch.surveys.known import forget, learn_from
from tests.support.aws.s3 import s3_server
from tests.support.batches.functions import load_function
from tests.support.servers.http import HttpAnswer, HttpClient, make_dependencies
from tests.support.servers.local_http import local_http
from tests.support.servers.public_images import public_images
from tests.support.survey.described.allwise_tree import PREFIX, SURVEY, fill

FUNCTIONS = ("search", "planner", "portal")


@dataclass
class AllWiseService:
    """The address of the functions, the archive that they read, and the address of the public bucket."""

    url: str
    objects: ObjectStore
    images: str
    clients: list[HttpClient] = field(default_factory=list)

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
        with public_images(_indexed_images(objects)) as public:
            service = AllWiseService("", objects, public.url)
            with local_http(service) as service.url:  # type: ignore[arg-type]
                service.clients.append(_client(service, server.bucket("results")))
                yield service
    forget(SURVEY)
    learn_from(lambda: None)


def _indexed_images(objects: ObjectStore) -> dict[str, bytes]:
    """Publish the inventory of made images in the archive, and return the images, which lie elsewhere."""
    tree = BucketTree(MemoryStore())
    fill(tree)
    images = {entry.path: tree.read(entry.path) for entry in tree.entries(PREFIX)}
    index_described(tree, packaged_description("allwise"), "allwise.toml")
    for entry in tree.entries("inventory/"):
        BucketTree(objects).write(entry.path, tree.read(entry.path))
    forget(SURVEY)
    return images


def _client(service: AllWiseService, results: ObjectStore) -> HttpClient:
    # First: a function that is loaded has an archive of its own to learn from.
    routes = [table for name in FUNCTIONS for table in load_function(name).ROUTES]
    dependencies: Any = make_dependencies(
        settings=Settings(public_url=service.url),
        archive=service.objects,
        results=results,
        open_inventory=open_inventories(service.objects),
    )
    return HttpClient(dependencies, *routes)
