"""``OPTIONS`` on any path: CORS preflight requests of browsers (Fetch standard, section 3.3).

API Gateway answers them by itself only where no route does. An ``ANY`` or ``$default`` route matches
``OPTIONS`` too, so that preflights reach every function behind one.
"""

from __future__ import annotations

from typing import Any

from skybatch.api.responses import COMMON_HEADERS

METHOD = "OPTIONS"


def preflight_response() -> dict[str, Any]:
    """Return the answer, as Lambda's proxy response, that lets a page of any site use any route."""
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Max-Age": "86400",
    }
    return {"statusCode": 204, "headers": {**COMMON_HEADERS, **headers}, "body": "", "isBase64Encoded": False}
