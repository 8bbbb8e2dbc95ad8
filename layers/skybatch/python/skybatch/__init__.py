"""Batch image retrieval for sky surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skybatch.version import VERSION

__all__ = ["Client"]

__version__ = VERSION

if TYPE_CHECKING:
    from skybatch.client import Client as Client


def __getattr__(name: str) -> Any:
    """`skybatch.Client`, loaded only when it is asked for: the functions import this package too."""
    if name == "Client":
        from skybatch.client import Client

        return Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
