"""The cache of service responses, as the resolver sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class ResponseCache(Protocol):
    """Keeps small JSON documents; in S3 for the service, in a dictionary for tests."""

    def get(self, key: str) -> tuple[Mapping[str, Any], float] | None:
        """Return the document and its age in seconds, or None."""

    def put(self, key: str, document: Mapping[str, Any]) -> None:
        """Keep a document under ``key``, which is text of any characters."""


class NoCache:
    """Keeps nothing."""

    def get(self, key: str) -> tuple[Mapping[str, Any], float] | None:
        """Return None."""

    def put(self, key: str, document: Mapping[str, Any]) -> None:
        """Do nothing."""
