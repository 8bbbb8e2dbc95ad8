"""Presigned URLs: temporary access to one object with one HTTP method."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import obstore

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from obstore.store import ObjectStore

PAYER = "x-amz-request-payer"
Method = Literal["GET", "HEAD"]
# A link also ends with the credentials that signed it: a role's session can be shorter.
PRESIGNED_URL_LIFETIME = timedelta(hours=1)


def presigned_url(
    objects: ObjectStore, key: str, method: Method = "GET", *, filename: str = "", media_type: str = ""
) -> str:
    """Sign a URL of an object, valid for an hour (or the role's session, if shorter) and one method.

    S3 answers it with ``media_type`` and under the name ``filename``, where these are given; browsers then
    save what is no text.
    """
    url: str = obstore.sign(objects, method, key, PRESIGNED_URL_LIFETIME)  # type: ignore[arg-type]
    shown = "inline" if media_type.startswith("text/") else "attachment"
    overrides = {
        "response-content-disposition": f'{shown}; filename="{filename}"' if filename else "",
        "response-content-type": media_type,
    }
    overrides = {name: value for name, value in overrides.items() if value}
    return _signed_with(overrides, url, objects, method) if overrides else url


def _signed_with(overrides: dict[str, str], url: str, objects: ObjectStore, method: Method) -> str:
    """Sign the address of a signed URL again with more parameters, which obstore cannot add."""
    from botocore.auth import S3SigV4QueryAuth  # 30 ms of a cold start
    from botocore.awsrequest import AWSRequest

    said = parse_qs(urlsplit(url).query)
    region = said["X-Amz-Credential"][0].split("/")[2]
    lifetime = int(PRESIGNED_URL_LIFETIME.total_seconds())
    payer = {PAYER: said[PAYER][0]} if PAYER in said else {}
    request = AWSRequest(method, f"{url.partition('?')[0]}?{urlencode({**payer, **overrides})}")
    S3SigV4QueryAuth(_credentials(objects), "s3", region, lifetime).add_auth(request)
    return str(request.url)


def _credentials(objects: Any) -> Credentials:
    """Return the keys of a store: its provider's, else those it was given, else the environment's."""
    from botocore.credentials import Credentials

    if objects.credential_provider is not None:
        own = objects.credential_provider()
        return Credentials(own["access_key_id"], own["secret_access_key"], own.get("token"))
    own = objects.config
    if "access_key_id" in own:
        return Credentials(own["access_key_id"], own["secret_access_key"], own.get("session_token"))
    return Credentials(
        os.environ["AWS_ACCESS_KEY_ID"],
        os.environ["AWS_SECRET_ACCESS_KEY"],
        os.environ.get("AWS_SESSION_TOKEN"),
    )
