"""The archive's own doors: image searches, stored images and cutouts at the addresses its clients build."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.telemetry import observed
from skybatch.web import archive_paths, entrance, holdings, image_search, inventory_search, vo_services

app = holdings.http_app()
app.include_router(image_search.router)
app.include_router(inventory_search.router)
app.include_router(vo_services.router)
app.include_router(archive_paths.router)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request."""
    return entrance.answer(app, event, context)
