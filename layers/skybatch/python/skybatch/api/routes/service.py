"""``/openapi.json``, ``/docs`` and ``/health``: the service about itself."""

from __future__ import annotations

from typing import Any

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.openapi.published import published_document
from skybatch.api.responses import html_response, json_response
from skybatch.api.routing import AnyResponse, RouteTable

routes = RouteTable()
LIMITS = ("max_rows", "max_images", "max_upload_bytes", "max_batch_bytes")


@routes.get("/openapi.json")
def openapi(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the API as an OpenAPI document."""
    return json_response(_document(request, dependencies))


@routes.get("/docs")
def docs(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the API as a page."""
    from skybatch.pages.api_reference import api_reference_page

    return html_response(api_reference_page(_document(request, dependencies)))


@routes.get("/health")
def health(_: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Report that the service answers, and how much one request may hold."""
    settings = dependencies.settings
    limits = {name: getattr(settings, name) for name in LIMITS}
    return json_response({"status": "ok", "limits": limits})


def _document(request: HttpRequest, dependencies: Dependencies) -> dict[str, Any]:
    return published_document(dependencies.settings, request.base_url)
