"""The archive's own doors: image searches, stored images and cutouts at the addresses its clients build."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.web import archive_paths, holdings, image_search, inventory_search

logger = Logger()
app = holdings.http_app()
app.include_router(image_search.router)
app.include_router(inventory_search.router)
app.include_router(archive_paths.router)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request."""
    return app.resolve(event, context)
