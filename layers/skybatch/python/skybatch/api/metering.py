"""What one HTTP request used of the service, and the meters that count it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from skybatch.api.large_responses import MAX_INLINE_BYTES, RESPONSE_PREFIX
from skybatch.callers.accounts import Accounts
from skybatch.callers.meter import Meter
from skybatch.callers.usage import Usage
from skybatch.telemetry import logger

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from skybatch.settings import Settings

# What every presigned URL has (Signature Version 4), and no address of ours.
SIGNATURE = "X-Amz-Signature="


def caller_meter(results: ObjectStore, settings: Settings) -> Meter:
    """Return the meter of what each caller's network may use."""
    return Meter(Accounts(results), caller_allowance(settings), "network address")


def caller_allowance(settings: Settings) -> Usage:
    """Return what one caller's network may use within a day, the images of its batches aside."""
    return Usage(
        seconds=settings.max_daily_seconds_from_caller,
        bytes=settings.max_daily_bytes_from_caller,
        images=math.inf,
        links=settings.max_daily_links,
    )


def batch_meter(results: ObjectStore, settings: Settings) -> Meter:
    """Return the meter of the links to each batch's files."""
    allowance = Usage(seconds=math.inf, bytes=math.inf, images=math.inf, links=settings.max_daily_links)
    return Meter(Accounts(results), allowance, "batch")


def charge(meter: Meter, who: str, usage: Usage, now: float) -> None:
    """Count what somebody used; what cannot be counted is logged, and does not cost the caller an answer."""
    try:
        meter.charge(who, usage, now)
    except Exception:  # noqa: BLE001 - whatever storage raises
        logger.exception("what was used is not accounted for")


def usage_of(response: Mapping[str, Any], seconds: float) -> Usage:
    """Return what a Lambda proxy response took: time, the bytes of its body, a signed link.

    A body that was laid down in S3 counts as the least that such a one has.
    """
    body = response.get("body") or ""
    size = len(body) * 3 // 4 if response.get("isBase64Encoded") else len(body.encode("utf-8", "replace"))
    location = str((response.get("headers") or {}).get("Location", ""))
    signed = SIGNATURE in location
    if signed and f"/{RESPONSE_PREFIX}/" in location:
        size += MAX_INLINE_BYTES
    return Usage(seconds=seconds, bytes=size, links=1 if signed else 0)
