"""Resolvers for tests: quick ones that query the fake name services, and a cache in memory."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local.fake_resolvers import FakeResolvers
from skybatch.names.model import NameResult
from skybatch.names.resolver import Resolver
from skybatch.names.services import SERVICES, Service


class MemoryCache:
    """A cache in a dictionary, all of whose documents have the same age in seconds."""

    def __init__(self) -> None:
        self.documents: dict[str, Mapping[str, Any]] = {}
        self.age = 0.0

    def get(self, key: str) -> tuple[Mapping[str, Any], float] | None:
        return (self.documents[key], self.age) if key in self.documents else None

    def put(self, key: str, document: Mapping[str, Any]) -> None:
        self.documents[key] = json.loads(json.dumps(document))


def fake_services(fakes: FakeResolvers, **changes: float) -> list[Service]:
    """The services at the address of the fakes, without an interval and with short timeouts."""
    quick: dict[str, Any] = {"timeout": 0.5, "interval": 0.0, **changes}
    return [replace(service.at(fakes.url), **quick) for service in SERVICES]


def fake_resolver(fakes: FakeResolvers, cache: MemoryCache | None = None, **changes: float) -> Resolver:
    """A resolver that queries the fakes."""
    return Resolver(fake_services(fakes, **changes), cache)


def resolve_one(fakes: FakeResolvers, name: str) -> NameResult:
    """The result for one name."""
    return fake_resolver(fakes).resolve([name], time.monotonic() + 5).results[name]


def queried(fakes: FakeResolvers) -> list[str]:
    """Which services were queried, in order."""
    return [call.service for call in fakes.calls]
