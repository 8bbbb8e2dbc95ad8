"""``/openapi.json``, ``/docs`` and ``/health``: the service about itself."""

from __future__ import annotations

from typing import Any

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.openapi.published import published_document
from skybatch.api.responses import html_response, json_response
from skybatch.api.routing import AnyResponse, RouteTable

routes = RouteTable()


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
def health(_: HttpRequest, __: Dependencies) -> AnyResponse:
    """Report that the service answers."""
    return json_response({"status": "ok"})


def _document(request: HttpRequest, dependencies: Dependencies) -> dict[str, Any]:
    return published_document(dependencies.settings, request.base_url)
