"""Trees of objects, read and written in the same way wherever they are: a directory or an object store.

Paths are keys with forward slashes, relative to the root of the tree. An absent object raises
FileNotFoundError; a store that refuses access raises `skybatch.errors.AccessRefused`, one that fails
otherwise `skybatch.errors.Transient`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Entry:
    """One object of a listing: key, size in bytes, modification time in whole seconds since 1970."""

    path: str
    size: int
    modified: int


class RangedTree(Protocol):
    """What the headers of images are read from."""

    def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read ``length`` bytes from ``start``; fewer at the end of the object."""


class ReadableTree(RangedTree, Protocol):
    """Where an inventory is read from."""

    def read(self, path: str) -> bytes:
        """Read the whole object."""

    def read_ranges(self, path: str, starts: Sequence[int], lengths: Sequence[int]) -> list[bytes]:
        """Read several ranges of one object, concurrently where that helps."""

    def local(self, path: str) -> Path | None:
        """Return the local file that holds the object and can be memory-mapped, if there is one."""


class Tree(ReadableTree, Protocol):
    """Where the operators' commands read and write."""

    def read_start(self, path: str, length: int) -> tuple[bytes, int]:
        """Read the first ``length`` bytes of an object that is not empty, and its size, by one request."""

    def write(self, path: str, data: bytes) -> None:
        """Write the object as a whole; a failure leaves the old one."""

    def update(self, path: str, change: Callable[[bytes | None], bytes]) -> None:
        """Write what ``change`` makes of the object's content, None where there is none.

        ``change`` may be called again: where others write the object meanwhile, nobody's change is lost.
        """

    def entries(self, prefix: str) -> Iterator[Entry]:
        """List the objects below ``prefix`` (empty, or ending in a slash) in order of their paths."""

    def delete(self, path: str) -> None:
        """Delete one object; an absent one is no error."""
