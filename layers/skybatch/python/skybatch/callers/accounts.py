"""Accounts of what was used, in S3: what all instances of all functions share.

A write costs $0.000005, so an instance writes only when it has used a part of an allowance that is worth far
more (`skybatch.callers.meter`). An object's name is a keyed hash, so that it identifies nobody.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from contextlib import suppress
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING

import obstore

from skybatch.callers.usage import Level, Usage
from skybatch.storage.conditional_writes import create_object, replace_object

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# The bucket's lifecycle removes accounts, not the key.
ACCOUNTS = "usage/accounts"
ACCOUNTS_KEY = "usage/key"


class Accounts:
    """The accounts of one deployment, in its results bucket."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def key(self, who: str) -> str:
        """Return the key of somebody's account."""
        return f"{ACCOUNTS}/{hmac.new(self._secret, who.encode(), hashlib.sha256).hexdigest()}"

    def level(self, key: str, allowance: Usage, now: float) -> Level:
        """Return what is taken of an allowance at ``now``."""
        return self._read(key)[0].later(now, allowance)

    def take(self, key: str, amount: Usage, allowance: Usage, now: float) -> Level | None:
        """Take an amount off an allowance; return what is taken then, None where another was faster."""
        level, tag = self._read(key)
        level = level.later(now, allowance)
        taken = Level(level.used + amount, level.at)
        body = json.dumps(asdict(taken)).encode()
        return None if replace_object(self._objects, key, body, tag) is None else taken

    def _read(self, key: str) -> tuple[Level, str | None]:
        try:
            found = obstore.get(self._objects, key)
        except FileNotFoundError:
            return Level(Usage(), 0.0), None
        body = json.loads(bytes(found.bytes()))
        return Level(Usage(**body["used"]), body["at"]), found.meta["e_tag"]

    @cached_property
    def _secret(self) -> bytes:
        """The key of the names, made by the first that needs it."""
        with suppress(FileNotFoundError):
            return bytes(obstore.get(self._objects, ACCOUNTS_KEY).bytes())
        create_object(self._objects, ACCOUNTS_KEY, secrets.token_bytes(32))
        return bytes(obstore.get(self._objects, ACCOUNTS_KEY).bytes())
