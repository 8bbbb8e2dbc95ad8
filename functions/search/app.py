"""The archive's own doors: image searches, stored images and cutouts at the addresses its clients build."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.api import application, dependencies
from skybatch.api.routes import ibe_data, image_search, inventory_search, vo
from skybatch.telemetry import instrumented

app = dependencies.http_app()
app.include_router(image_search.router)
app.include_router(inventory_search.router)
app.include_router(vo.router)
app.include_router(ibe_data.router)


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request."""
    return application.answer(app, event, context)
