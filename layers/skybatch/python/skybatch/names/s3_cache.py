"""The cache of service responses in S3, shared by all batches: one object a service and name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import obstore

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PREFIX = "names"


class S3ResponseCache:
    """Responses as objects below ``names/`` of the results bucket."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def get(self, key: str) -> tuple[Mapping[str, Any], float] | None:
        """Return the response and its age in seconds, or None."""
        try:
            found = obstore.get(self._objects, _object_key(key))
        except FileNotFoundError:
            return None
        age = (datetime.now(UTC) - found.meta["last_modified"]).total_seconds()
        return json.loads(bytes(found.bytes())), age

    def put(self, key: str, document: Mapping[str, Any]) -> None:
        """Keep a response."""
        obstore.put(self._objects, _object_key(key), json.dumps(dict(document)).encode())


def _object_key(key: str) -> str:
    """Return the object's key: an object name may hold any characters and be of any length."""
    return f"{PREFIX}/{hashlib.sha256(key.encode()).hexdigest()}.json"
