"""The search function: VO and archive-compatible endpoints for image searches, stored images and cutouts."""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.api.app import HttpApp
from skybatch.api.dependencies import Dependencies
from skybatch.api.routes import (
    datalink,
    ibe_data,
    ibe_search,
    image_inventory,
    registry,
    sia1,
    sia2,
    soda,
    surveys,
    vosi,
)
from skybatch.settings import settings
from skybatch.telemetry import instrumented

MODULES = (sia1, ibe_search, image_inventory, sia2, soda, datalink, vosi, ibe_data, surveys, registry)
ROUTES = tuple(module.routes for module in MODULES)


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request."""
    return app().handle(event, context)


@cache
def app() -> HttpApp:
    """Return the application of this deployment."""
    return HttpApp(Dependencies.from_settings(settings()), ROUTES)
