"""Reading ranges of bundles, each only from the object that was meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from skybatch.bundles.bundle_format import UnsoundBundle
from skybatch.bundles.bundle_reader import read_if_unchanged
from skybatch.bundles.spans import Span, group_reads
from skybatch.errors import Transient

if TYPE_CHECKING:
    from obstore.store import ObjectStore

KeyOf: TypeAlias = Callable[[str], str]
"""Gives the key of a bundle by its name."""


def read_span(objects: ObjectStore, key_of: KeyOf, span: Span) -> bytes:
    """Read one range.

    Raises Transient where the object is another than the span's: its bytes are never taken for those.
    """
    try:
        return read_if_unchanged(objects, key_of(span.bundle), span.start, span.stop, span.etag)
    except UnsoundBundle as error:
        raise Transient(str(error)) from error


def read_spans(objects: ObjectStore, key_of: KeyOf, spans: Sequence[Span]) -> list[bytes]:
    """Read ranges in their order, neighbours of one object by one request.

    Raises Transient as ``read_span`` does.
    """
    return [piece for group in group_reads(spans) for piece in _read_group(objects, key_of, group)]


def _read_group(objects: ObjectStore, key_of: KeyOf, group: Sequence[Span]) -> list[bytes]:
    first = group[0]
    whole = Span(first.bundle, first.etag, first.start, group[-1].stop)
    body = read_span(objects, key_of, whole)
    if len(group) == 1:
        return [body]
    view = memoryview(body)
    return [bytes(view[span.start - first.start : span.stop - first.start]) for span in group]
