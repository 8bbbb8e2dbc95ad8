"""How an operator's commands reach S3: as AWS tools do, for botocore itself finds what is configured.

Environment variables, profiles, SSO, assumed roles, credential processes, containers and instances give the
credentials; variables and profiles the region and the endpoint, of S3 alone too. Bytes go through obstore.
Functions do not come here: boto3 takes 50 ms of a cold start.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from skybatch.errors import InventoryError
from skybatch.storage.s3 import Connection

if TYPE_CHECKING:
    from obstore.store import S3Config

T = TypeVar("T")

# Shorter than the ten minutes before their end in which botocore always renews credentials.
CREDENTIALS_LIFETIME = timedelta(minutes=5)
REGION_HEADER = "x-amz-bucket-region"
DEFAULT_REGION = "us-east-1"


def operator_connection(bucket: str) -> Connection:
    """Find credentials, region and endpoint for one bucket, whatever region it is in.

    Raises
    ------
    InventoryError
        For a profile, region or credential source that is configured but cannot be used.
    """
    import botocore.session

    session = botocore.session.get_session()
    return _configured(lambda: _connection(session, bucket))


def _connection(session: Any, bucket: str) -> Connection:
    unsigned = bool(os.environ.get("AWS_SKIP_SIGNATURE"))
    credentials = None if unsigned else session.get_credentials()
    if credentials is not None:
        credentials.get_frozen_credentials()  # an SSO session that ended is told here, not by each object
    client = _client(session, _region(session), signed=credentials is not None)
    region = bucket_region(client, bucket)
    config: S3Config = {"region": region} if region else {}
    return Connection(_endpoint(client, region), config, _provider(session, credentials))


def _provider(session: Any, credentials: Any) -> Any:
    """Credentials for obstore; None leaves the request unsigned or to obstore's own sources."""
    if credentials is None:
        return None
    import boto3
    from obstore.auth.boto3 import Boto3CredentialProvider

    return Boto3CredentialProvider(boto3.Session(botocore_session=session), ttl=CREDENTIALS_LIFETIME)


def _region(session: Any) -> str:
    """Return the configured region: AWS_REGION, which boto3 overlooks, before what it reads; else empty."""
    return os.environ.get("AWS_REGION") or session.get_config_variable("region") or ""


def _client(session: Any, region: str, *, signed: bool) -> Any:
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(connect_timeout=10, read_timeout=20, signature_version="s3v4" if signed else UNSIGNED)
    return session.create_client("s3", region_name=region or DEFAULT_REGION, config=config)


def bucket_region(client: Any, bucket: str) -> str:
    """Ask S3 where a bucket is; the client's own region where S3 does not say.

    S3 names the region in refusals and redirects too, so that no permission is needed.
    """
    from botocore.exceptions import ClientError

    try:
        headers = client.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"]
    except ClientError as error:
        headers = error.response["ResponseMetadata"].get("HTTPHeaders", {})
    return str(headers.get(REGION_HEADER) or client.meta.region_name)


def _endpoint(client: Any, region: str) -> str:
    """Return the endpoint where obstore does not build it from the region: configured, or a partition's."""
    configured = str(client.meta.endpoint_url)
    own = str(client.meta.region_name)
    if configured in ("https://s3.amazonaws.com", f"https://s3.{own}.amazonaws.com"):
        return ""
    return configured.replace(f".{own}.", f".{region}.")


def _configured(call: Callable[[], T]) -> T:
    """Translate what AWS tools call a wrong configuration."""
    from botocore.exceptions import BotoCoreError

    try:
        return call()
    except BotoCoreError as error:
        raise InventoryError(f"the AWS configuration cannot be used: {error}") from error
