"""What every function that answers HTTP has: buckets, inventories, errors as their callers read them."""

from __future__ import annotations

from functools import lru_cache

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from obstore.store import S3Store

from skybatch.api.application import unforeseen
from skybatch.api.responses import refusal
from skybatch.batch.planning.matching import OpenInventory
from skybatch.errors import InventoryError, NotFound, SkybatchError
from skybatch.inventory.cache import open_inventories
from skybatch.settings import settings
from skybatch.storage.clients import bucket_store
from skybatch.surveys.layout import DATASETS


def results() -> S3Store:
    """The results bucket."""
    return bucket_store(settings().results_bucket)


def archive() -> S3Store:
    """The archive, keys counted from its prefix."""
    return bucket_store(settings().archive_bucket, settings().archive_prefix)


@lru_cache(maxsize=1)
def inventories() -> OpenInventory:
    """The archive's inventories, kept open as long as the process lives."""
    return open_inventories(archive())


def held() -> list[str]:
    """The data sets of which the archive has an inventory."""
    return [dataset for dataset in DATASETS if _is_held(dataset)]


def _is_held(dataset: str) -> bool:
    try:
        inventories()(dataset, None)
    except InventoryError:
        return False
    return True


def http_app() -> APIGatewayHttpResolver:
    """A router of HTTP requests that answers our errors as its callers read errors."""
    app = APIGatewayHttpResolver()

    @app.exception_handler(SkybatchError)  # type: ignore[untyped-decorator]
    def refuse(error: SkybatchError) -> Response[str]:
        return refusal(app.current_event, error)

    @app.exception_handler(Exception)  # type: ignore[untyped-decorator]
    def break_down(error: Exception) -> Response[str]:
        return unforeseen(app.current_event, error)

    @app.not_found
    def nowhere(_: Exception) -> Response[str]:
        return refusal(app.current_event, NotFound("There is nothing at this address."))

    return app
