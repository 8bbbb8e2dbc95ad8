"""Open S3 buckets as object stores: the one place that knows endpoints, regions and credentials.

Bytes in S3 go through obstore (a tenth of boto3's CPU for small objects). Credentials, region and endpoint
are found as AWS tools find them. In Lambda all are in the environment, which obstore reads by itself; where
they come from a profile (shared files, SSO, assumed roles), boto3's credential chain provides them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config, S3Credential

# For the functions, whose calls have little time; operators' commands keep obstore's longer ones.
FUNCTION_RETRIES: RetryConfig = {"max_retries": 5, "retry_timeout": timedelta(seconds=20)}
# Variables that give credentials by themselves, which obstore reads; they take precedence over a profile.
CREDENTIAL_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_SKIP_SIGNATURE",
)
PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
# Shared files of AWS tools, and the variables that name others.
SHARED_FILES = {"AWS_CONFIG_FILE": "~/.aws/config", "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials"}
# Shorter than the ten minutes before their end in which botocore always renews credentials.
CREDENTIALS_LIFETIME = timedelta(minutes=5)


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
        """Find endpoint, region and credentials in the environment and, where needed, the AWS profile.

        Raises
        ------
        ValueError
            For a profile that gives no credentials.
        botocore.exceptions.ProfileNotFound
            For a profile that is not in the shared files.
        """
        env = os.environ if environment is None else environment
        endpoint = env.get("AWS_ENDPOINT_URL_S3") or env.get("AWS_ENDPOINT_URL") or ""
        if not _needs_profile(env):
            return cls(endpoint)
        return _from_profile(endpoint)


def _needs_profile(env: Mapping[str, str]) -> bool:
    """Whether credentials can only come from a profile."""
    if any(env.get(name) for name in CREDENTIAL_VARIABLES):
        return False
    if any(env.get(name) for name in PROFILE_VARIABLES):
        return True
    return any(Path(env.get(name) or path).expanduser().is_file() for name, path in SHARED_FILES.items())


def _from_profile(endpoint: str) -> Connection:
    # Here, because boto3 takes 50 ms of a cold start, and functions have no profile.
    import boto3
    import botocore.session
    from obstore.auth.boto3 import Boto3CredentialProvider

    session = botocore.session.get_session()
    profile: dict[str, Any] = session.get_scoped_config()
    if session.get_credentials() is None:  # a configuration without credentials: an instance's own serve
        return Connection(endpoint or profile.get("endpoint_url", ""), _region(session))
    provider = Boto3CredentialProvider(boto3.Session(botocore_session=session), ttl=CREDENTIALS_LIFETIME)
    return Connection(endpoint or profile.get("endpoint_url", ""), _region(session), provider)


def _region(session: Any) -> S3Config:
    region = session.get_config_variable("region")
    return {"region": region} if region else {}


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
