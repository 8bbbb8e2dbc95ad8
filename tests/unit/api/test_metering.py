"""What a request used is what its response took."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from obstore.store import MemoryStore

from skybatch.api.metering import batch_meter, caller_allowance, caller_meter, charge, usage_of
from skybatch.callers.meter import Meter
from skybatch.callers.usage import Usage
from skybatch.errors import TooMany
from skybatch.settings import Settings

SIGNED = "https://bucket.s3.amazonaws.com/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00"


@pytest.mark.parametrize(
    ("response", "usage"),
    [
        ({"body": "é"}, Usage(seconds=2, bytes=2)),
        ({"body": base64.b64encode(bytes(300)).decode(), "isBase64Encoded": True}, Usage(2, 300)),
        ({"body": "", "headers": {"Location": SIGNED}}, Usage(seconds=2, links=1)),
        ({"headers": {"Location": SIGNED.replace("/x?", "/answers/00/answer?")}}, Usage(2, 4_000_000, 0, 1)),
        ({"body": None, "headers": {"Location": "https://sky.example/batches/1/results"}}, Usage(2)),
        ({}, Usage(2)),
    ],
)
def test_time_bytes_and_links_of_a_response(response: dict[str, Any], usage: Usage) -> None:
    assert usage_of(response, 2.0) == usage


def test_the_allowance_of_a_caller_is_that_of_the_settings() -> None:
    settings = Settings(max_daily_seconds_from_caller=7, max_daily_bytes_from_caller=8, max_daily_links=9)
    allowance = caller_allowance(settings)
    assert (allowance.seconds, allowance.bytes, allowance.links) == (7, 8, 9)


def test_callers_and_batches_have_accounts_of_their_own() -> None:
    objects, settings = MemoryStore(), Settings(max_daily_links=10)
    batch_meter(objects, settings).charge("0" * 32, Usage(links=11), 0.0)
    other = batch_meter(objects, settings)
    other.charge("0" * 32, Usage(links=1), 0.0)
    with pytest.raises(TooMany, match="This batch has used the 10 links"):
        other.check("0" * 32, 0.0)
    caller_meter(objects, settings).check("0" * 32, 0.0)


def test_what_cannot_be_counted_costs_no_answer() -> None:
    class Broken:
        def key(self, who: str) -> str:
            raise OSError("S3 is away")

        def take(self, *_: object) -> None:
            raise OSError("S3 is away")

    meter = Meter(Broken(), Usage(), "caller")
    charge(meter, "a", Usage(seconds=1), 0.0)
    meter.check("a", 0.0)
