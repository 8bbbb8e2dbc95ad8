"""A small file among the results."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class File:
    """A file whole in memory: its name, bytes and media type."""

    name: str
    body: bytes
    media_type: str

    @cached_property
    def md5(self) -> str:
        """Its checksum in hexadecimal digits."""
        return hashlib.md5(self.body, usedforsecurity=False).hexdigest()
