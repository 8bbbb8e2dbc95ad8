"""The clients of AWS, made once a process.

Bytes in S3 go through obstore (a tenth of boto3's CPU for small objects); everything else through boto3,
imported only when a client is asked for. Both read credentials, region and ``AWS_ENDPOINT_URL`` from the
environment, as Lambda and the local emulator set them.
"""

from __future__ import annotations

import os
from datetime import timedelta
from functools import lru_cache
from typing import Any

from obstore.store import S3Store

RETRIES = {"max_retries": 5, "retry_timeout": timedelta(seconds=20)}


@lru_cache(maxsize=8)
def bucket_store(bucket: str, prefix: str = "") -> S3Store:
    """An object store on one bucket, keys counted from ``prefix``."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return S3Store(bucket, prefix=prefix or None, retry_config=RETRIES)  # type: ignore[arg-type]
    return S3Store(
        bucket,
        prefix=prefix or None,
        endpoint=endpoint,
        client_options={"allow_http": endpoint.startswith("http://")},
        retry_config=RETRIES,  # type: ignore[arg-type]
    )


def abort_uploads(bucket: str, prefix: str) -> int:
    """Remove the parts of uploads below a key prefix that nobody finished; returns how many uploads.

    Only for a prefix that nobody writes to at the moment.
    """
    s3 = client("s3")
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
    unfinished = [upload for page in pages for upload in page.get("Uploads", ())]
    for upload in unfinished:
        s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    return len(unfinished)


@lru_cache(maxsize=8)
def client(service: str) -> Any:
    """A boto3 client that retries what AWS calls transient."""
    import boto3
    from botocore.config import Config

    return boto3.client(service, config=Config(retries={"mode": "standard", "max_attempts": 5}))
