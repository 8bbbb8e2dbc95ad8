"""A small file among the results, made in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class GeneratedFile:
    """A whole file: its name, bytes and media type."""

    name: str
    body: bytes
    media_type: str

    @cached_property
    def md5(self) -> str:
        """The MD5 of its bytes in hexadecimal digits."""
        return hashlib.md5(self.body, usedforsecurity=False).hexdigest()
