"""A public bucket as AWS has them, before the emulator's, which answers every call.

It is read at ``{url}/{region}/{bucket}/{key}``. Requests to another region are redirected (301), signed ones
refused (403). Listings are refused too unless the bucket is listed, and then so is what is missing: where
nobody may list, S3 does not say 404.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from local.gateway import ForwardingHandler, Gateway, serve_gateway

SIGNED = ("X-Amz-Signature=", "X-Amz-Credential=", "AWSAccessKeyId=")


class S3Refusal(NamedTuple):
    """An answer of S3 that refuses."""

    status: int
    code: str
    message: str


DENIED = S3Refusal(403, "AccessDenied", "Access Denied")
ELSEWHERE = S3Refusal(301, "PermanentRedirect", "The bucket must be addressed using the specified endpoint.")
READ_ONLY = S3Refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")


@dataclass(frozen=True)
class PublicBucket:
    """A bucket that anybody may read, and list only if it is ``listed``."""

    bucket: str
    region: str
    listed: bool = False

    def refusal(self, command: str, path: str, headers: Message) -> S3Refusal | None:
        """Return how a request is refused, None where it is not."""
        url = urlsplit(path)
        _, region, bucket, key = f"{url.path}///".split("/", 3)
        if bucket != self.bucket:
            return DENIED
        if region != self.region:
            return ELSEWHERE
        if command not in ("GET", "HEAD"):
            return READ_ONLY
        signed = "Authorization" in headers or any(word in url.query for word in SIGNED)
        return DENIED if signed or not (self.listed or key.strip("/")) else None


class PublicBucketHandler(ForwardingHandler):
    """Answers for one public bucket, whose objects the server's target has."""

    public: PublicBucket

    def _ask(self, target: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        refusal = self.public.refusal(self.command, self.path, self.headers)
        if refusal is not None:
            return self._refused(refusal)
        asked, self.path = self.path, self.path[len(self.public.region) + 1 :]
        try:
            answer = super()._ask(target, body)
        finally:
            self.path = asked
        return self._refused(DENIED) if answer[0] == 404 and not self.public.listed else answer

    def _refused(self, refusal: S3Refusal) -> tuple[int, list[tuple[str, str]], bytes]:
        headers = [("Content-Type", "application/xml"), ("x-amz-bucket-region", self.public.region)]
        return refusal.status, headers, _xml(refusal, self.public)


def _xml(refusal: S3Refusal, public: PublicBucket) -> bytes:
    endpoint = f"{public.bucket}.s3.{public.region}.amazonaws.com" if refusal is ELSEWHERE else ""
    told = f"<Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message>"
    told += f"<Endpoint>{endpoint}</Endpoint><Bucket>{public.bucket}</Bucket>" if endpoint else ""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{told}</Error>'.encode()


@contextmanager
def public_bucket(target: str | None, public: PublicBucket) -> Iterator[Gateway]:
    """Give anybody what a bucket of the S3 at ``target`` holds, until the block ends.

    Answers 503 while the target is None.
    """
    handler = type("_Handler", (PublicBucketHandler,), {"public": public})
    with serve_gateway(0, handler) as gateway:
        gateway.target = target
        yield gateway
