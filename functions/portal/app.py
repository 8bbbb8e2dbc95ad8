"""The portal: status, pages and downloads."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.api import application, deployment
from skybatch.api.routes import batches
from skybatch.telemetry import instrumented

app = deployment.http_app()
app.include_router(batches.router)


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request."""
    return application.answer(app, event, context)
