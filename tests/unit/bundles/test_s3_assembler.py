"""Joining inside S3: copies for what is long, one PUT for what is short, no parts left."""

from __future__ import annotations

import zlib
from typing import Any

import obstore
import pytest
from obstore.store import S3Store

from skybatch.bundles.s3_assembler import S3Assembler
from skybatch.bundles.spans import Span
from skybatch.storage.clients import client

MIB = 1024 * 1024


class CountingClient:
    """Counts the calls of a boto3 client by name."""

    def __init__(self, s3: Any) -> None:
        self.s3, self.calls = s3, dict[str, int]()

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.s3, name)

        def counted(**kwargs: Any) -> Any:
            self.calls[name] = self.calls.get(name, 0) + 1
            return call(**kwargs)

        return counted


def assembler(results: S3Store, s3: CountingClient) -> S3Assembler:
    return S3Assembler(results, str, lambda: s3, "results")


def test_long_fragments_are_copied_and_only_the_tail_is_written(results: S3Store) -> None:
    s3 = CountingClient(client("s3"))
    bodies = {name: name.encode() * (6 * MIB) for name in "abcd"}
    spans = [
        Span(name, obstore.put(results, name, body)["e_tag"] or "", 0, 6 * MIB - 100)
        for name, body in bodies.items()
    ]
    found = assembler(results, s3).assemble("tar", spans, lambda: [b"end"], "application/x-tar")
    assert s3.calls.pop("upload_part_copy") == 4
    assert s3.calls.pop("upload_part") == 1
    whole = b"".join(body[: 6 * MIB - 100] for body in bodies.values()) + b"end"
    assert bytes(obstore.get(results, "tar").bytes()) == whole
    assert found.crc32 in (None, zlib.crc32(whole))


def test_what_is_short_is_one_put(results: S3Store) -> None:
    s3 = CountingClient(client("s3"))
    etag = obstore.put(results, "a", b"a" * 3000)["e_tag"] or ""
    found = assembler(results, s3).assemble("tar", [Span("a", etag, 0, 1024)], lambda: [b"end"], "x/y")
    assert not s3.calls
    assert found.crc32 == zlib.crc32(b"a" * 1024 + b"end")
    assert obstore.get(results, "tar", options={"head": True}).attributes["Content-Type"] == "x/y"


def test_an_interrupted_run_leaves_no_parts(results: S3Store) -> None:
    s3 = CountingClient(client("s3"))
    etag = obstore.put(results, "a", b"a" * (6 * MIB))["e_tag"] or ""
    spans = [Span("a", etag, 0, 5 * MIB), Span("gone", '"x"', 0, 5 * MIB)]
    with pytest.raises(Exception, match="gone"):
        assembler(results, s3).assemble("tar", spans, lambda: [b"end"], "x/y")
    assert not client("s3").list_multipart_uploads(Bucket="results").get("Uploads")
