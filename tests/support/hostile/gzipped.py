"""Hostile gzip files: much from little, members without a byte, a file inside another."""

from __future__ import annotations

import gzip


def gzip_bomb(size: int) -> bytes:
    """Much more than may be."""
    return gzip.compress(b"ra,dec\n" + b"1,1\n" * (size // 2))


def gzip_members(size: int) -> bytes:
    """Members without a byte each."""
    return gzip.compress(b"") * (min(size, 4_000_000) // 20)


def gzip_twice(size: int) -> bytes:
    """A gzip file inside another."""
    return gzip.compress(gzip_bomb(size))
