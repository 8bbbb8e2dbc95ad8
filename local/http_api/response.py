"""What a caller receives of what a function returned."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class ApiResponse:
    """Status, headers and body of an answer."""

    status: int
    headers: Headers
    body: bytes = b""


def message(status: int, text: str) -> ApiResponse:
    """Return an answer of API Gateway itself."""
    return ApiResponse(status, [("Content-Type", "application/json")], json.dumps({"message": text}).encode())


# By what happened. HTTP APIs tell no more, and have 503 where REST APIs have 504.
UNAUTHORIZED = message(401, "Unauthorized")
FORBIDDEN = message(403, "Forbidden")
NOT_FOUND = message(404, "Not Found")
TOO_LARGE = message(413, "Request Entity Too Large")
HEAD_TOO_LARGE = message(431, "Request Header Fields Too Large")
FUNCTION_FAILED = message(500, "Internal Server Error")
UNAVAILABLE = message(503, "Service Unavailable")


def proxy_response(returned: bytes) -> ApiResponse:
    """Read what a function returned, in payload format 2.0.

    JSON without a ``statusCode`` is the body of a 200; what cannot be an answer is a failure of the function.
    """
    try:
        result = json.loads(returned)
        if not isinstance(result, dict) or "statusCode" not in result:
            return ApiResponse(200, [("Content-Type", "application/json")], returned)
        return ApiResponse(int(result["statusCode"]), _headers(result), _body(result))
    except (ValueError, TypeError, binascii.Error):
        return FUNCTION_FAILED


def _headers(result: dict[str, Any]) -> Headers:
    given = [(str(name), str(value)) for name, value in (result.get("headers") or {}).items()]
    if not any(name.lower() == "content-type" for name, _ in given):
        given.append(("Content-Type", "text/plain; charset=utf-8"))
    return given + [("Set-Cookie", str(cookie)) for cookie in result.get("cookies") or ()]


def _body(result: dict[str, Any]) -> bytes:
    body = result.get("body") or ""
    if not isinstance(body, str):
        raise TypeError("a body is a text")
    return base64.b64decode(body, validate=True) if result.get("isBase64Encoded") else body.encode()
