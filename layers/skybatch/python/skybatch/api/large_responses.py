"""Responses of any size: revalidated by ETag, compressed, and through S3 where Lambda cannot carry them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import obstore
from aws_lambda_powertools.event_handler import Response

from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import COMMON_HEADERS, redirect
from skybatch.api.routing import AnyResponse
from skybatch.storage.links import presigned_url
from skybatch.storage.s3 import with_time_for

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# A function's response may have 6 MB (Lambda's quota), and bytes travel as base64: 4/3 of their number.
MAX_INLINE_BYTES = 4_000_000
MIN_GZIP_BYTES = 10_000
RESPONSE_PREFIX = "answers"
CACHE_CONTROL = "public, max-age=300"  # a rebuilt inventory is visible after five minutes


def content_response(
    request: HttpRequest,
    results: ObjectStore,
    body: bytes,
    media_type: str,
    *,
    filename: str = "",
    compressible: bool = True,
    cache_control: str = CACHE_CONTROL,
) -> AnyResponse:
    """Return a body that caches may keep: inline, as 304 if the caller has it, or as 303 to S3.

    Parameters
    ----------
    results
        The bucket that takes a body too large for a response.
    filename
        The name under which a browser saves the body; empty to display it.
    compressible
        Whether gzip is worth its time.
    cache_control
        What caches may do with the body; ``no-store`` for what was made of the caller's own data.
    """
    digest = sha256(body).hexdigest()
    compress = compressible and len(body) >= MIN_GZIP_BYTES and "gzip" in request.header("accept-encoding")
    etag = f'"{digest[:32]}{"-gzip" if compress else ""}"'
    headers = {**COMMON_HEADERS, "ETag": etag, "Cache-Control": cache_control, "Vary": "Accept-Encoding"}
    if _is_current(request, etag):
        return Response(status_code=304, headers=headers, body="")
    sent = _gzip(body) if compress else body
    if len(sent) > MAX_INLINE_BYTES:
        key = f"{RESPONSE_PREFIX}/{digest}/{filename or 'answer'}"
        obstore.put(with_time_for(results, len(body)), key, body, attributes={"Content-Type": media_type})
        url = presigned_url(
            results, key, request.link_method, filename=filename, media_type=media_type if filename else ""
        )
        return redirect(url, 303)
    headers |= {"Content-Encoding": "gzip"} if compress else {}
    headers |= {"Content-Disposition": f'attachment; filename="{filename}"'} if filename else {}
    return Response(status_code=200, content_type=media_type, body=sent, headers=headers)


def _is_current(request: HttpRequest, etag: str) -> bool:
    """Whether the caller's copy is this one (If-None-Match compares weakly: RFC 9110, section 13.1.2)."""
    known = request.header("if-none-match").split(",")
    return etag in [tag.strip().removeprefix("W/") for tag in known]


def _gzip(body: bytes) -> bytes:
    from isal import igzip

    return igzip.compress(body, 2, mtime=0)
