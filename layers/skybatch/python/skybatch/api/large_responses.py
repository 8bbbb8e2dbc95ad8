"""Bodies as they leave: tagged, compressed where it pays, and through S3 where they are too large to send."""

from __future__ import annotations

from hashlib import sha256

import obstore
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from skybatch.api.dependencies import results
from skybatch.api.responses import COMMON_HEADERS, header, redirect, verb_of
from skybatch.batch.store import LINK_LIFE

# A function's answer may have 6 MB (Lambda's quota), and bytes go as base64: 4/3 of them.
MOST_INLINE = 4_000_000
WORTH_COMPRESSING = 10_000
FOLDER = "answers"
CACHE = "public, max-age=300"  # an inventory that is rebuilt shows within five minutes


def deliver(
    event: APIGatewayProxyEventV2, body: bytes, media_type: str, *, name: str = "", compressed: bool = False
) -> Response[bytes] | Response[str]:
    """Send bytes: themselves, that they have not changed (304), or where they are (303).

    ``name`` is what a browser saves them as; ``compressed`` says that gzip would gain nothing.
    """
    digest = sha256(body).hexdigest()
    small = not compressed and len(body) >= WORTH_COMPRESSING and "gzip" in header(event, "accept-encoding")
    tag = f'"{digest[:32]}{"-gzip" if small else ""}"'
    headers = {**COMMON_HEADERS, "ETag": tag, "Cache-Control": CACHE, "Vary": "Accept-Encoding"}
    if tag in [each.strip().removeprefix("W/") for each in header(event, "if-none-match").split(",")]:
        return Response(status_code=304, headers=headers, body="")
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    sent = _gzip(body) if small else body
    if len(sent) > MOST_INLINE:
        return redirect(_put(event, body, media_type, f"{FOLDER}/{digest}/{name or 'answer'}"), 303)
    if small:
        headers["Content-Encoding"] = "gzip"
    return Response(status_code=200, content_type=media_type, body=sent, headers=headers)


def plain_line(text: str, status: int) -> Response[str]:
    """One line of text: how services that answer tables say what is wrong."""
    headers = {**COMMON_HEADERS, "Cache-Control": "no-store"}
    line = " ".join(text.split())
    return Response(
        status_code=status, content_type="text/plain; charset=utf-8", body=f"{line}\n", headers=headers
    )


def _put(event: APIGatewayProxyEventV2, body: bytes, media_type: str, key: str) -> str:
    """Lay the answer down in the results bucket; a link to it that is signed now."""
    obstore.put(results(), key, body, attributes={"Content-Type": media_type})
    return obstore.sign(results(), verb_of(event), key, LINK_LIFE)


def _gzip(body: bytes) -> bytes:
    from isal import igzip

    return igzip.compress(body, 2, mtime=0)
