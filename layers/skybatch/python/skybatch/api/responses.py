"""HTTP responses: JSON, redirects, pages, images, and errors as problem details or as a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response

from skybatch.api.http_request import HttpRequest
from skybatch.errors import SkybatchError

PROBLEM_TYPE = "application/problem+json"
PREVIEW_MAX_AGE_SECONDS = 86_400
# Any site may read any response, and no browser may guess another media type than the one declared.
COMMON_HEADERS = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
NO_STORE = {"Cache-Control": "no-store"}


def json_response(body: dict[str, Any], status: int = 200, *, location: str = "") -> Response[str]:
    """Return a JSON object that no cache may keep, since what it reports changes."""
    return Response(
        status_code=status,
        content_type="application/json",
        body=json.dumps(body, ensure_ascii=False),
        headers={**COMMON_HEADERS, **NO_STORE, **({"Location": location} if location else {})},
    )


def redirect(url: str, status: int = 302) -> Response[str]:
    """Return a redirect that no cache may keep, since presigned URLs expire."""
    return Response(
        status_code=status,
        content_type="text/plain",
        body="",
        headers={**COMMON_HEADERS, "Location": url, **NO_STORE},
    )


def head_response(size: int, media_type: str, etag: str) -> Response[str]:
    """Return what HEAD is told of a file that GET would redirect to: its length, type and entity tag."""
    headers = {**COMMON_HEADERS, **NO_STORE, "Content-Length": str(size)}
    if etag:
        headers["ETag"] = etag
    return Response(status_code=200, content_type=media_type, body="", headers=dict(headers))


def html_response(html: str, status: int = 200) -> Response[str]:
    """Return a page with the headers of every page."""
    # Here, because the templates' engine is of no use to programs, who ask most often.
    from skybatch.pages.environment import page_headers

    headers = page_headers(html)
    media_type = headers.pop("Content-Type")
    return Response(status_code=status, content_type=media_type, body=html, headers=dict(headers))


def preview_response(body: bytes, media_type: str) -> Response[bytes]:
    """Return a preview, which never changes: the caller may keep it, shared caches may not."""
    cache = f"private, max-age={PREVIEW_MAX_AGE_SECONDS}, immutable"
    headers = {**COMMON_HEADERS, "Cache-Control": cache}
    return Response(status_code=200, content_type=media_type, body=body, headers=headers)


def error_line_response(error: SkybatchError, status: int | None = None, fault: str = "") -> Response[str]:
    """Return an error as one line of plain text, as services that answer tables report it.

    Parameters
    ----------
    status
        The HTTP status, where the service's standard has another than the error's own.
    fault
        The standard's word for the error, in front of the line.
    """
    line = " ".join([*([f"{fault}:"] if fault else []), *error.detail.split()])
    return Response(
        status_code=status or error.status,
        content_type="text/plain; charset=utf-8",
        body=f"{line}\n",
        headers={**COMMON_HEADERS, **NO_STORE, **retry_after(error)},
    )


def no_content_response(headers: Mapping[str, str] | None = None) -> Response[str]:
    """Return 204."""
    return Response(status_code=204, headers={**COMMON_HEADERS, **(headers or {})}, body="")


def problem_response(error: SkybatchError) -> Response[str]:
    """Return an error as problem details (RFC 9457)."""
    return Response(
        status_code=error.status,
        content_type=PROBLEM_TYPE,
        body=json.dumps(error.problem(), ensure_ascii=False),
        headers={**COMMON_HEADERS, **retry_after(error)},
    )


def error_response(request: HttpRequest, error: SkybatchError) -> Response[str]:
    """Return an error as a page to a browser, as problem details to a program."""
    if not request.accepts_html:
        return problem_response(error)
    from skybatch.pages.error import error_page

    response = html_response(error_page(error.problem()), error.status)
    response.headers.update(retry_after(error))
    return response


def retry_after(error: SkybatchError) -> dict[str, str]:
    """Return the header that tells when to try again, where that can help."""
    return {"Retry-After": str(error.retry_after)} if error.retryable else {}
