"""Open S3 buckets as object stores: the one place that knows endpoints, regions and credentials.

Bytes in S3 go through obstore (a tenth of boto3's CPU for small objects). In Lambda, credentials and region
are in the environment, which obstore reads by itself; `skybatch.storage.profile` finds those of an operator.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig, S3Config, S3Credential

    from skybatch.settings import Settings

# For the functions, whose calls have little time; operators' commands keep obstore's longer ones. A call that
# is not answered is tried three times within 15 s (obstore's own 30 s a call leave no time for a second); one
# that is refused for now (503) six times within 3 s. A body cut short goes on where it ended.
CONNECT_TIMEOUT = timedelta(seconds=2)
CALL_TIMEOUT = timedelta(seconds=5)
FUNCTION_RETRIES: RetryConfig = {"max_retries": 5, "retry_timeout": timedelta(seconds=14)}
# Writes of this size or more, and parts of uploads, have more time: the limit includes the body.
TRANSFER_BYTES = 4 * 1024 * 1024
TRANSFER_TIMEOUT = timedelta(seconds=60)


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
    connect_timeout
        Longest duration of its connecting; None for obstore's default of 5 seconds.
    """

    endpoint: str = ""
    config: S3Config = field(default_factory=dict)  # type: ignore[assignment]
    credential_provider: Callable[[], S3Credential] | None = None
    timeout: timedelta | None = None
    connect_timeout: timedelta | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Connection:
        """Find the endpoint in the environment of a function; obstore reads credentials and region there."""
        env = os.environ if environment is None else environment
        return cls(env.get("AWS_ENDPOINT_URL_S3") or env.get("AWS_ENDPOINT_URL") or "")


class FunctionBucket(S3Store):
    """A bucket as functions open it: a call that is not answered ends soon."""

    @cached_property
    def transfers(self) -> S3Store:
        """The same bucket with more time for each call, over connections of its own."""
        options: Any = {**(self.client_options or {}), "timeout": TRANSFER_TIMEOUT}
        return S3Store(
            prefix=self.prefix,
            config=self.config,
            client_options=options,
            retry_config=self.retry_config,
            credential_provider=self.credential_provider,
        )


def with_time_for(objects: ObjectStore, size: int) -> ObjectStore:
    """Return the store, with time for one call that writes ``size`` bytes."""
    return objects.transfers if isinstance(objects, FunctionBucket) and size >= TRANSFER_BYTES else objects


def open_archive(settings: Settings) -> FunctionBucket:
    """Open the archive of a deployment, once per process; keys are relative to its prefix."""
    return open_bucket(settings.archive_bucket, settings.archive_prefix, settings.archive_requester_pays)


@lru_cache(maxsize=8)
def open_bucket(bucket: str, prefix: str = "", requester_pays: bool = False) -> FunctionBucket:
    """Open a bucket of a function, once per process; keys are relative to ``prefix``.

    With ``requester_pays`` each request, and each link, says that whoever signs it pays.
    """
    found = Connection.from_environment()
    config: Any = {**found.config, **({"request_payer": True} if requester_pays else {})}
    quick = replace(found, config=config, timeout=CALL_TIMEOUT, connect_timeout=CONNECT_TIMEOUT)
    return FunctionBucket(**store_options(bucket, quick, prefix, FUNCTION_RETRIES))


def connect(
    bucket: str, connection: Connection, prefix: str = "", retries: RetryConfig | None = None
) -> S3Store:
    """Open a bucket over a given connection; keys are relative to ``prefix``."""
    return S3Store(**store_options(bucket, connection, prefix, retries))


def store_options(
    bucket: str, connection: Connection, prefix: str, retries: RetryConfig | None
) -> dict[str, Any]:
    """Make the arguments of a store."""
    client_options: ClientConfig = {"allow_http": connection.endpoint.startswith("http://")}
    if connection.timeout is not None:
        client_options["timeout"] = connection.timeout
    if connection.connect_timeout is not None:
        client_options["connect_timeout"] = connection.connect_timeout
    options: dict[str, Any] = {
        "bucket": bucket,
        "prefix": prefix or None,
        "config": connection.config,
        "client_options": client_options,
        "retry_config": retries,
    }
    if connection.credential_provider is not None:
        options["credential_provider"] = connection.credential_provider
    if connection.endpoint:
        options["endpoint"] = connection.endpoint
    return options
