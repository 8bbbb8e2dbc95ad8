"""Joining ranges of bundles and a tail to one object: S3, directories and memory each do it in their way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

import obstore

from skybatch.bundles.ranges import KeyOf, read_span
from skybatch.bundles.spans import Span

if TYPE_CHECKING:
    from obstore.store import ObjectStore

MakeTail: TypeAlias = Callable[[], Iterable[bytes]]
"""Makes what follows the spans; called once, while the spans may be on their way."""


@dataclass(frozen=True)
class Assembled:
    """A joined object: its size in bytes, and the CRC-32 that the store has of it, if it has one."""

    bytes: int
    crc32: int | None = None


class Assembler(Protocol):
    """Joins ranges of bundles to one object."""

    def assemble(self, key: str, spans: Sequence[Span], make_tail: MakeTail, media_type: str) -> Assembled:
        """Write the object of ``key``: the spans in their order, then the tail.

        The object appears whole or not at all, and takes the place of an older one. Done twice, it is the
        same.

        Raises
        ------
        Transient
            A bundle is another object than a span says, or the store fails for now.
        """
        ...


@dataclass(frozen=True)
class StoreAssembler:
    """Joins by reading and writing, in any object store: for memory, and for what has no better way."""

    objects: ObjectStore
    key_of: KeyOf

    def assemble(self, key: str, spans: Sequence[Span], make_tail: MakeTail, media_type: str) -> Assembled:
        """Write the object; see `Assembler`."""
        count = 0

        def pieces() -> Iterator[bytes]:
            nonlocal count
            for piece in (*bodies, *make_tail()):
                count += len(piece)
                yield piece

        # Read before: obstore pulls pieces on a thread of its own runtime, where it cannot be called again.
        bodies = [read_span(self.objects, self.key_of, span) for span in spans]
        attributes = {"Content-Type": media_type}
        obstore.put(self.objects, key, b"".join(pieces()), attributes=attributes)
        return Assembled(count)
