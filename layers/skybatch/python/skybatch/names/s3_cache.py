"""What all batches know of object names, in S3: the services' answers, and whose turn it is at NED."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError

from skybatch.names.resolver import Resolver
from skybatch.names.services import configured

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from skybatch.settings import Settings

FOLDER = "names"
LEASE = f"{FOLDER}/ned-turn"
# A turn is one request; whoever dies in it gives it up after the longest time one may take.
LONGEST_TURN = 60.0
NED_INTERVAL = 1.0
POLL_SECONDS = 0.2


class StoredAnswers:
    """The services' answers, one object a service and name."""

    def __init__(self, objects: ObjectStore) -> None:
        self.objects = objects

    def get(self, key: str) -> tuple[Mapping[str, Any], float] | None:
        """The answer and its age in seconds, or None."""
        try:
            found = obstore.get(self.objects, _path(key))
        except FileNotFoundError:
            return None
        age = (datetime.now(UTC) - found.meta["last_modified"]).total_seconds()
        return json.loads(bytes(found.bytes())), age

    def put(self, key: str, document: Mapping[str, Any]) -> None:
        """Keep an answer."""
        obstore.put(self.objects, _path(key), json.dumps(dict(document)).encode())


def _path(key: str) -> str:
    """A name may hold any characters and be of any length; its object's name does not."""
    return f"{FOLDER}/{hashlib.sha256(key.encode()).hexdigest()}.json"


class NedTurn:
    """One request at a time to NED, and one second between them, whoever asks.

    The turn is a small object that says from when on it is free; taking it is a conditional write, which
    one of all who try wins.
    """

    def __init__(self, objects: ObjectStore) -> None:
        self.objects = objects
        self.tag: str | None = None

    def take(self, deadline: float) -> bool:
        """Wait for the turn until ``deadline`` (``time.monotonic()``); whether it came."""
        while time.monotonic() < deadline:
            if self._try():
                return True
            time.sleep(POLL_SECONDS)
        return False

    def give_back(self) -> None:
        """Let the next one in, after the interval."""
        if self.tag is not None:
            self._write(time.time() + NED_INTERVAL, self.tag)
        self.tag = None

    def _try(self) -> bool:
        try:
            found = obstore.get(self.objects, LEASE)
        except FileNotFoundError:
            self.tag = self._write(time.time() + LONGEST_TURN, None)
            return self.tag is not None
        if float(bytes(found.bytes())) > time.time():
            return False
        self.tag = self._write(time.time() + LONGEST_TURN, found.meta["e_tag"])
        return self.tag is not None

    def _write(self, free_from: float, tag: str | None) -> str | None:
        """Write if the object is still what it was; its new tag, or None where another was first."""
        mode: Any = "create" if tag is None else {"e_tag": tag}
        try:
            return obstore.put(self.objects, LEASE, f"{free_from:.3f}".encode(), mode=mode)["e_tag"]
        except (AlreadyExistsError, PreconditionError):
            return None


def make_resolver(objects: ObjectStore, settings: Settings) -> Resolver:
    """The name services as a deployment sets them, answers kept in its results bucket."""
    services = configured(
        irsa=settings.irsa_resolver,
        ned=settings.ned_resolver,
        simbad=settings.simbad_resolver,
        timeout=float(settings.resolver_timeout),
        ned_interval=NED_INTERVAL,
    )
    return Resolver(services, StoredAnswers(objects), {"NED": NedTurn(objects)})
