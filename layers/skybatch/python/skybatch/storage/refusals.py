"""What the refusals of a store mean for one object: missing, forbidden, or in another region.

S3 says 403 for an object that is missing where the reader may not list the bucket, so a 403 alone tells
nothing. Where the bucket may be listed, its listing decides; else the object is missing only if another that
this process has read is still given.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from skybatch.errors import SourceElsewhere, SourceForbidden, SourceMissing

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")
# What obstore says of S3's 301, and S3 of a signature for another region (400).
_REDIRECTED = "redirect without LOCATION"
_WRONG_SIGNATURE = re.compile(r"AuthorizationHeaderMalformed.*?<Region>([a-z0-9-]+)</Region>", re.DOTALL)
_read: dict[str, str] = {}
"""A key of each store that this process has read."""

log = logging.getLogger(__name__)


def answered(objects: ObjectStore, key: str, call: Callable[[], T]) -> T:
    """Return what a call that reads an image gives.

    Raises
    ------
    SourceMissing
        There is no such object.
    SourceForbidden
        The store gives it to nobody of our rights; an operator must act.
    SourceElsewhere
        The bucket is in another region than was said.
    BaseError
        obstore's own error for all else.
    """
    from obstore.exceptions import GenericError, PermissionDeniedError, UnauthenticatedError

    try:
        found = call()
    except FileNotFoundError:
        raise SourceMissing(f"the archive does not hold {key}") from None
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise _refused(objects, key) from error
    except GenericError as error:
        if is_elsewhere(error):
            raise SourceElsewhere(elsewhere(objects, error)) from error
        raise
    _read[_name(objects)] = key
    return found


def is_elsewhere(error: Exception) -> bool:
    """Tell whether S3 says that a bucket is in another region."""
    return _REDIRECTED in str(error) or _WRONG_SIGNATURE.search(str(error)) is not None


def is_refusal(error: Exception) -> bool:
    """Tell whether a store refuses a call; of listings obstore says so in words alone."""
    from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

    refused = isinstance(error, PermissionDeniedError | UnauthenticatedError)
    return refused or "<Code>AccessDenied</Code>" in str(error)


def elsewhere(objects: ObjectStore, error: Exception) -> str:
    """Name the region that a bucket is in, and the one that was said."""
    bucket, said = _bucket(objects), _config(objects).get("region") or "that of this process"
    told = _WRONG_SIGNATURE.search(str(error))
    actual = told.group(1) if told else _region_of(objects)
    where = f"in {actual}" if actual and actual != said else "in another region"
    return f"the bucket {bucket} is {where}, but requests go to {said}"


def _refused(objects: ObjectStore, key: str) -> SourceMissing | SourceForbidden:
    """Tell which of both a 403 is."""
    listed = _listed(objects, key)
    if listed is False or (listed is None and _still_answers(objects)):
        return SourceMissing(f"the archive does not hold {key}")
    reason = f"the bucket {_bucket(objects)} refuses {key}"
    log.error("%s, and no other image tells whether it is only missing", reason)
    return SourceForbidden(reason)


def _listed(objects: ObjectStore, key: str) -> bool | None:
    """Tell whether the folder of a key has it; None where that may not be listed."""
    import obstore
    from obstore.exceptions import BaseError

    folder = key.rpartition("/")[0]
    try:
        found = obstore.list_with_delimiter(objects, prefix=f"{folder}/" if folder else None)
    except (BaseError, OSError):
        return None
    return any(item["path"] == key for item in found["objects"])


def _still_answers(objects: ObjectStore) -> bool:
    """Tell whether the store still gives an object that it gave to this process before."""
    import obstore
    from obstore.exceptions import BaseError

    known = _read.get(_name(objects))
    if known is None:
        return False
    try:
        obstore.head(objects, known)
    except (BaseError, OSError):
        return False
    return True


def _region_of(objects: ObjectStore) -> str:
    """Ask S3 in which region a bucket is; empty where it does not say."""
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    from skybatch.storage.profile import bucket_region

    config = _config(objects)
    options = Config(signature_version=UNSIGNED, connect_timeout=2, read_timeout=5)
    client = boto3.client(
        "s3", region_name=config.get("region"), endpoint_url=config.get("endpoint"), config=options
    )
    try:
        return bucket_region(client, _bucket(objects))
    except BotoCoreError:
        return ""


def _name(objects: ObjectStore) -> str:
    config = _config(objects)
    parts = (_bucket(objects), config.get("region", ""), config.get("skip_signature", ""))
    return "/".join(map(str, parts))


def _bucket(objects: ObjectStore) -> str:
    return str(_config(objects).get("bucket") or "of the archive")


def _config(objects: ObjectStore) -> dict[str, str]:
    return getattr(objects, "config", None) or {}
