"""The portal: status, pages and downloads."""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.api.app import HttpApp
from skybatch.api.dependencies import Dependencies
from skybatch.api.routes import batches, form_and_help, service
from skybatch.api.routes.mail import addresses
from skybatch.api.routes.pictures import previews, sky_sketch, views
from skybatch.settings import settings
from skybatch.telemetry import instrumented

# Those of pictures first: the last route of batches takes whatever else lies below a batch.
ROUTES = (
    *(previews.routes, sky_sketch.routes, views.routes, batches.routes),
    *(form_and_help.routes, service.routes, addresses.routes),
)


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request."""
    return app().handle(event, context)


@cache
def app() -> HttpApp:
    """Return the application of this deployment."""
    return HttpApp(Dependencies.from_settings(settings()), ROUTES)
