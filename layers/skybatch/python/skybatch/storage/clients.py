"""The boto3 clients of AWS services, made once per process and imported only when one is asked for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

CONNECT_SECONDS = 2
# Seconds without a byte after which a call is tried again. Copies and completions of S3 take their time; SES
# may have sent what it does not answer, and a second mail is worse than a slow one.
READ_SECONDS = {"s3": 30, "sesv2": 60}
OTHER_READ_SECONDS = 5
MAX_ATTEMPTS = 5
# The API waits 29 s for what starts an execution.
ATTEMPTS = {"stepfunctions": 3}


@lru_cache(maxsize=8)
def client(service: str) -> Any:
    """Return a boto3 client that soon repeats what is not answered and what AWS calls transient errors."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS.get(service, OTHER_READ_SECONDS),
        retries={"mode": "standard", "max_attempts": ATTEMPTS.get(service, MAX_ATTEMPTS)},
    )
    return boto3.client(service, config=config)


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
