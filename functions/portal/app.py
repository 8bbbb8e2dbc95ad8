"""The portal: status, pages and downloads."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.telemetry import observed
from skybatch.web import deployment, entrance, reading

app = deployment.http_app()
app.include_router(reading.router)


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request."""
    return entrance.answer(app, event, context)
