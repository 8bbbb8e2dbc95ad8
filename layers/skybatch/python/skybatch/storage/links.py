"""Presigned URLs: temporary access to one object with one HTTP method."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import obstore

if TYPE_CHECKING:
    from obstore.store import ObjectStore

Method = Literal["GET", "HEAD"]
# A link also ends with the credentials that signed it: a role's session can be shorter.
PRESIGNED_URL_LIFETIME = timedelta(hours=1)


def presigned_url(objects: ObjectStore, key: str, method: Method = "GET") -> str:
    """Sign a URL of an object, valid for an hour (or the role's session, if shorter) and one method."""
    return obstore.sign(objects, method, key, PRESIGNED_URL_LIFETIME)  # type: ignore[arg-type]
