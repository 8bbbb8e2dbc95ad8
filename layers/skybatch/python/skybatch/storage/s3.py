"""Open S3 buckets as object stores: the one place that knows endpoints, regions and credentials.

Bytes in S3 go through obstore (a tenth of boto3's CPU for small objects). In Lambda, credentials and region
are in the environment, which obstore reads by itself; `skybatch.storage.profile` finds those of an operator.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Credential

# For the functions, whose calls have little time; operators' commands keep obstore's longer ones.
FUNCTION_RETRIES: RetryConfig = {"max_retries": 5, "retry_timeout": timedelta(seconds=20)}
# obstore knows the endpoints of one partition; China's have a suffix of their own.
CHINA = "cn-"


@dataclass(frozen=True)
class Connection:
    """How to reach S3.

    Attributes
    ----------
    endpoint
        URL of the service; empty for the region's own. May be plain http, as emulators are.
    config
        Region and static credentials; what is absent is read from the environment by obstore.
    credential_provider
        Called for credentials whenever the last ones expire; None for static ones.
    timeout
        Longest duration of one request; None for obstore's default of 30 seconds.
    """

    endpoint: str = ""
    config: S3Config = field(default_factory=dict)  # type: ignore[assignment]
    credential_provider: Callable[[], S3Credential] | None = None
    timeout: timedelta | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Connection:
        """Find the endpoint in the environment of a function; obstore reads credentials and region there."""
        env = os.environ if environment is None else environment
        endpoint = env.get("AWS_ENDPOINT_URL_S3") or env.get("AWS_ENDPOINT_URL") or ""
        region = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or ""
        if not endpoint and region.startswith(CHINA):
            endpoint = f"https://s3.{region}.amazonaws.com.cn"
        return cls(endpoint)


@lru_cache(maxsize=8)
def open_bucket(bucket: str, prefix: str = "") -> S3Store:
    """Open a bucket of a function, once per process; keys are relative to ``prefix``."""
    return connect(bucket, Connection.from_environment(), prefix, FUNCTION_RETRIES)


def connect(
    bucket: str, connection: Connection, prefix: str = "", retries: RetryConfig | None = None
) -> S3Store:
    """Open a bucket over a given connection; keys are relative to ``prefix``."""
    options: dict[str, Any] = {}
    if connection.credential_provider is not None:
        options["credential_provider"] = connection.credential_provider
    if connection.endpoint:
        options["endpoint"] = connection.endpoint
    client_options: ClientConfig = {"allow_http": connection.endpoint.startswith("http://")}
    if connection.timeout is not None:
        client_options["timeout"] = connection.timeout
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=connection.config,
        client_options=client_options,
        retry_config=retries,
        **options,
    )
