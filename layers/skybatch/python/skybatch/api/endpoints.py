"""The endpoints that an operator can close: who calls one is told so, and no document names it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from skybatch.errors import Closed
from skybatch.settings import CLOSABLE_ENDPOINTS

# Paths of each, whole; below /batches all that is not named here is about batches that exist, and stays open.
PATHS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "batches": re.compile(r"/batches(/[^/]+/resubmit)?"),
        "plans": re.compile(r"/plans"),
        "tables": re.compile(r"/tables"),
        "previews": re.compile(r"/batches/[^/]+/previews/.*"),
        "ibe-search": re.compile(r"/ibe/(search|docs)(/.*)?"),
        "ibe-sia": re.compile(r"/ibe/sia(/.*)?"),
        "ibe-data": re.compile(r"/ibe/data(/.*)?"),
        "cgi-bin": re.compile(r"/cgi-bin/.*"),
        "sia2": re.compile(r"/sia2/.*|/SIA(/.*)?"),
        "soda": re.compile(r"/soda/.*"),
        "datalink": re.compile(r"/datalink/.*"),
    }
)


def endpoint_of(path: str) -> str | None:
    """Return the endpoint that a path belongs to, None for what cannot be closed."""
    return next((name for name in CLOSABLE_ENDPOINTS if PATHS[name].fullmatch(path)), None)


def is_closed(path: str, closed: frozenset[str]) -> bool:
    """Whether a path is of an endpoint that is closed."""
    return bool(closed) and endpoint_of(path) in closed


def check_open(path: str, closed: frozenset[str]) -> None:
    """Raise Closed for a path of an endpoint that is closed."""
    if is_closed(path, closed):
        endpoint = endpoint_of(path)
        raise Closed(f"This deployment does not offer the endpoint {endpoint!r}; its operator has closed it.")


def without_closed(document: dict[str, Any], closed: frozenset[str]) -> dict[str, Any]:
    """Return an OpenAPI document without the endpoints that are closed."""
    paths = {path: item for path, item in document["paths"].items() if not is_closed(path, closed)}
    return {**document, "paths": paths}
