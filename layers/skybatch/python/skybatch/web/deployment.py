"""What this deployment is made of, as settings name it: buckets, inventories, the desk, error answers."""

from __future__ import annotations

import time
from functools import lru_cache

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from obstore.store import S3Store

from skybatch.archive.opening import open_inventories
from skybatch.aws import bucket_store, client
from skybatch.batch.matching import OpenInventory
from skybatch.batch.name_store import make_resolver
from skybatch.batch.store import BatchStore
from skybatch.batch.submit import Desk, executions
from skybatch.errors import NotFound, SkybatchError
from skybatch.requests.names import Resolver
from skybatch.settings import settings
from skybatch.web.answers import base_url, refusal


def results() -> S3Store:
    """The results bucket."""
    return bucket_store(settings().results_bucket)


def archive() -> S3Store:
    """The archive, keys counted from its prefix."""
    return bucket_store(settings().archive_bucket, settings().archive_prefix)


def batch(batch_id: str) -> BatchStore:
    """The objects of one batch; NotFound for what is no batch id."""
    return BatchStore(results(), batch_id)


@lru_cache(maxsize=1)
def inventories() -> OpenInventory:
    """The archive's inventories, kept open as long as the process lives."""
    return open_inventories(archive())


@lru_cache(maxsize=1)
def resolver() -> Resolver:
    """The name services of this deployment."""
    return make_resolver(results(), settings())


def desk(event: APIGatewayProxyEventV2) -> Desk:
    """Where batches are handed in, as this request reached it."""
    here = settings()
    start = executions(client("stepfunctions"), here.state_machine_arn)
    return Desk(results(), start, here, base_url(event, here), time.time())


def http_app() -> APIGatewayHttpResolver:
    """A router of HTTP requests that answers our errors as its callers read errors."""
    app = APIGatewayHttpResolver()

    @app.exception_handler(SkybatchError)  # type: ignore[untyped-decorator]
    def refuse(error: SkybatchError) -> Response[str]:
        return refusal(app.current_event, error)

    @app.not_found
    def nowhere(_: Exception) -> Response[str]:
        return refusal(app.current_event, NotFound("There is nothing at this address."))

    return app
