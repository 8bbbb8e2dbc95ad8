"""``OPTIONS`` on any path: CORS preflight requests of browsers (Fetch standard, section 3.3)."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import no_content_response
from skybatch.api.routing import AnyResponse, RouteTable

routes = RouteTable()


@routes.route(".+", "OPTIONS")
def preflight(_: HttpRequest, __: Dependencies) -> AnyResponse:
    """Allow a browser to send headers of its own, such as Range."""
    return no_content_response(
        {
            "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
            "Access-Control-Allow-Headers": "*",
            "Access-Control-Max-Age": "86400",
        }
    )
