"""What this deployment is made of, as settings name it: buckets, inventories, the desk, error answers."""

from __future__ import annotations

import time
from functools import lru_cache

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from skybatch.api.dependencies import archive, http_app, inventories, results
from skybatch.api.responses import base_url
from skybatch.batch.store import BatchStore
from skybatch.batch.submission.submit import Desk, executions
from skybatch.names.resolver import Resolver
from skybatch.names.s3_cache import make_resolver
from skybatch.settings import settings
from skybatch.storage.clients import client

__all__ = ["archive", "batch", "desk", "http_app", "inventories", "resolver", "results"]


def batch(batch_id: str) -> BatchStore:
    """The objects of one batch; NotFound for what is no batch id."""
    return BatchStore(results(), batch_id)


@lru_cache(maxsize=1)
def resolver() -> Resolver:
    """The name services of this deployment."""
    return make_resolver(results(), settings())


def desk(event: APIGatewayProxyEventV2) -> Desk:
    """Where batches are handed in, as this request reached it."""
    here = settings()
    start = executions(client("stepfunctions"), here.state_machine_arn)
    caller = event.request_context.http.source_ip or ""
    return Desk(results(), start, here, base_url(event, here), time.time(), caller)
