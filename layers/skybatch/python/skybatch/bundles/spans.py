"""From the places of images to the parts of an archive: what is copied inside S3, what is read and gathered.

S3 copies a part only from an object of more than 5 MB, and takes no part under 5 MiB but the last. So
adjacent ranges of one object are one span; spans that are long enough are copied, short ones gathered to a
part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

from skybatch.bundles.place import Place

MIN_PART_BYTES = 5 * 1024 * 1024
MAX_COPY_BYTES = 1024 * 1024 * 1024  # S3 takes 5 GiB; more parts copy side by side
GATHERED_BYTES = 16 * 1024 * 1024
"""Bytes that are gathered to one part before the next is begun."""
MAX_GAP_BYTES = 1024 * 1024
"""Bytes between two spans of one object that are read rather than skipped: a request costs more."""


@dataclass(frozen=True)
class Span:
    """A range of an object: its name and entity tag, its first byte and the one after its last."""

    bundle: str
    etag: str
    start: int
    stop: int

    @property
    def length(self) -> int:
        """Bytes of the range."""
        return self.stop - self.start


@dataclass(frozen=True)
class Copied:
    """A part that is copied inside S3."""

    span: Span


@dataclass(frozen=True)
class Gathered:
    """A part whose pieces are read and written."""

    spans: tuple[Span, ...]

    @property
    def length(self) -> int:
        """Bytes of the part."""
        return sum(span.length for span in self.spans)


Part: TypeAlias = Copied | Gathered


def join_places(places: Iterable[Place]) -> list[Span]:
    """Join the tar members of images, in their order, to spans."""
    spans: list[Span] = []
    for place in places:
        last = spans[-1] if spans else None
        if last and (last.bundle, last.etag, last.stop) == (place.bundle, place.etag, place.start):
            spans[-1] = replace(last, stop=place.end)
        else:
            spans.append(Span(place.bundle, place.etag, place.start, place.end))
    return spans


def plan_parts(spans: Iterable[Span]) -> tuple[list[Part], Gathered]:
    """Plan the parts of an archive that begins with these spans; the second value is its remainder.

    Each part has 5 MiB or more. The remainder, which may be empty, has less and is to be written with
    whatever ends the archive. Where a short rest stands before a long span, the first bytes of that are read
    to fill it.
    """
    parts: list[Part] = []
    rest: list[Span] = []
    for span in spans:
        held = sum(each.length for each in rest)
        missing = max(0, MIN_PART_BYTES - held) if rest else 0
        if span.length - missing < MIN_PART_BYTES:
            rest.append(span)
            if held + span.length >= GATHERED_BYTES:
                parts.append(Gathered(tuple(rest)))
                rest = []
            continue
        if rest:
            head, span = _split(span, missing)
            parts.append(Gathered((*rest, *([head] if head.length else []))))
            rest = []
        parts += [Copied(each) for each in _copies(span)]
    if sum(each.length for each in rest) >= MIN_PART_BYTES:
        return [*parts, Gathered(tuple(rest))], Gathered(())
    return parts, Gathered(tuple(rest))


def _split(span: Span, length: int) -> tuple[Span, Span]:
    middle = span.start + length
    return replace(span, stop=middle), replace(span, start=middle)


def _copies(span: Span) -> Iterator[Span]:
    """Divide a span into equal parts that S3 copies at once."""
    count = -(-span.length // MAX_COPY_BYTES)
    at = [span.start + span.length * n // count for n in range(count + 1)]
    return (replace(span, start=a, stop=b) for a, b in pairwise(at))


def group_reads(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Group neighbouring spans of one object that one request reads, with gaps of less than 1 MiB."""
    group: list[Span] = []
    for span in spans:
        if group and not _follows(group[-1], span):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _follows(last: Span, span: Span) -> bool:
    same = (last.bundle, last.etag) == (span.bundle, span.etag)
    return same and 0 <= span.start - last.stop < MAX_GAP_BYTES
