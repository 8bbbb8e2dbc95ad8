"""The boto3 clients of AWS services, made once per process and imported only when one is asked for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=8)
def client(service: str) -> Any:
    """Return a boto3 client that retries what AWS calls transient errors."""
    import boto3
    from botocore.config import Config

    return boto3.client(service, config=Config(retries={"mode": "standard", "max_attempts": 5}))


def abort_uploads(bucket: str, prefix: str) -> int:
    """Abort the unfinished multipart uploads below a key prefix, and return their number.

    Only for a prefix that is not being written to.
    """
    s3 = client("s3")
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
    unfinished = [upload for page in pages for upload in page.get("Uploads", ())]
    for upload in unfinished:
        s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    return len(unfinished)
