"""How answers leave through API Gateway: addresses, redirects, and errors as problems or pages."""

from __future__ import annotations

import base64
import json
from typing import Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from skybatch.errors import SkybatchError
from skybatch.settings import Settings

PROBLEM = "application/problem+json"
PICTURE_SECONDS = 86_400
# Every answer may be read by any page, and none may be taken for another type than it says.
COMMON_HEADERS = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}


def base_url(event: APIGatewayProxyEventV2, settings: Settings) -> str:
    """Where the service was reached: its public address, else the API's own domain; never a Host header."""
    if settings.public_url:
        return settings.public_url
    context = event.request_context
    stage = "" if context.stage == "$default" else f"/{context.stage}"
    return f"https://{context.domain_name}{stage}"


def body_of(event: APIGatewayProxyEventV2) -> bytes:
    """The request's body as bytes."""
    text = event.body or ""
    return base64.b64decode(text) if event.is_base64_encoded else text.encode()


def header(event: APIGatewayProxyEventV2, name: str) -> str:
    """A request header, empty where it was not sent. API Gateway gives names in lower case."""
    return str((event.headers or {}).get(name.lower(), ""))


def verb_of(event: APIGatewayProxyEventV2) -> Literal["GET", "HEAD"]:
    """The verb that a signed link is for."""
    return "HEAD" if event.http_method == "HEAD" else "GET"


def wants_page(event: APIGatewayProxyEventV2) -> bool:
    """Whether a browser asked, rather than a program."""
    return "text/html" in header(event, "accept")


def json_answer(body: dict[str, Any], status: int = 200, **headers: str) -> Response[str]:
    """A JSON object, not to be cached: what it tells changes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        status_code=status,
        content_type="application/json",
        body=json.dumps(body, ensure_ascii=False),
        headers={**COMMON_HEADERS, "Cache-Control": "no-store", **named},
    )


def redirect(url: str, status: int = 302) -> Response[str]:
    """To another address, decided now and not to be cached."""
    return Response(
        status_code=status,
        content_type="text/plain",
        body="",
        headers={**COMMON_HEADERS, "Location": url, "Cache-Control": "no-store"},
    )


def page(html: str, status: int = 200) -> Response[str]:
    """A page for people, with the headers that keep it to itself."""
    from skybatch.pages.environment import page_headers

    headers = page_headers()
    kind = headers.pop("Content-Type")
    return Response(status_code=status, content_type=kind, body=html, headers=dict(headers))


def image(body: bytes, media_type: str) -> Response[bytes]:
    """A picture that never changes, kept by whoever fetched it but by no cache between."""
    return Response(
        status_code=200,
        content_type=media_type,
        body=body,
        headers={**COMMON_HEADERS, "Cache-Control": f"private, max-age={PICTURE_SECONDS}, immutable"},
    )


def problem(error: SkybatchError) -> Response[str]:
    """An error as RFC 9457 has it."""
    return Response(
        status_code=error.status,
        content_type=PROBLEM,
        body=json.dumps(error.problem(), ensure_ascii=False),
        headers=COMMON_HEADERS | _when_to_retry(error),
    )


def refusal(event: APIGatewayProxyEventV2, error: SkybatchError) -> Response[str]:
    """An error as the caller reads errors: a page for a browser, a problem for a program."""
    if not wants_page(event):
        return problem(error)
    from skybatch.pages.error import error_page

    answer = page(error_page(error.problem()), error.status)
    answer.headers.update(_when_to_retry(error))
    return answer


def _when_to_retry(error: SkybatchError) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if error.retryable else {}
