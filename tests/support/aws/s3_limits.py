"""AWS's refusals before an emulator that has none: the rules of `s3_rules`, asked on a proxy's way to S3."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

import boto3
from botocore.exceptions import ClientError

from local.gateway import ForwardingHandler
from tests.support.aws.s3_rules import (
    Refused,
    check_conditions,
    check_part_number,
    check_parts,
    copied_range,
)


@lru_cache(maxsize=8)
def _client(url: str) -> Any:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=url, **keys)


class S3Limits:
    """Refuses parts and completions that AWS would refuse; remembers the sizes of parts to tell.

    A fault of the drills: called with a request, it returns True where it has answered it.
    """

    def __init__(self) -> None:
        self.parts: dict[str, dict[int, int]] = defaultdict(dict)

    def __call__(self, request: ForwardingHandler) -> bool:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        try:
            if request.command == "PUT" and "partNumber" in query:
                self._take_part(request, query["uploadId"], int(query["partNumber"]))
            elif request.command == "POST" and "uploadId" in query:
                self._check_completion(request, query["uploadId"])
        except Refused as refused:
            _answer(request, refused)
            return True
        return False

    def _take_part(self, request: ForwardingHandler, upload: str, number: int) -> None:
        check_part_number(number)
        source = request.headers.get("x-amz-copy-source")
        size = len(request._body() or b"") if source is None else _copied(request, unquote(source))
        self.parts[upload][number] = size

    def _check_completion(self, request: ForwardingHandler, upload: str) -> None:
        sizes = self.parts[upload]
        document = ElementTree.fromstring(request._body() or b"<none/>")
        named = [int(found.text or 0) for found in document.iter() if found.tag.endswith("PartNumber")]
        check_parts([sizes[number] for number in named if number in sizes])


def _copied(request: ForwardingHandler, source: str) -> int:
    """Return the bytes that a copied part takes, if AWS would copy it."""
    bucket, _, key = source.lstrip("/").partition("/")
    try:
        found = _client(request.server.target or "").head_object(Bucket=bucket, Key=key)
    except ClientError:
        return 0  # absent: the emulator says so itself
    given = {name.lower(): value for name, value in request.headers.items()}
    check_conditions(given, found["ETag"], copied=True)
    taken = copied_range(given.get("x-amz-copy-source-range"), found["ContentLength"])
    return int(taken.stop - taken.start)


def _answer(request: ForwardingHandler, refused: Refused) -> None:
    request._body()
    body = refused.xml()
    request.send_response(refused.status)
    for name, value in {"Content-Type": "application/xml", "Content-Length": str(len(body))}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)
