"""Reading ranges: by few requests, and never of another object."""

from __future__ import annotations

import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.bundles.ranges import read_span, read_spans
from skybatch.bundles.spans import Span
from skybatch.errors import Transient


def key_of(name: str) -> str:
    return f"bundles/{name}"


def store() -> tuple[MemoryStore, str]:
    objects = MemoryStore()
    return objects, obstore.put(objects, key_of("a"), bytes(range(200)))["e_tag"] or ""


def test_ranges_come_in_their_order() -> None:
    objects, etag = store()
    spans = [Span("a", etag, start, start + 3) for start in (0, 3, 10, 5, 190)]
    bodies = read_spans(objects, key_of, spans)
    assert bodies == [bytes(range(each.start, each.stop)) for each in spans]


def test_a_replaced_object_is_transient() -> None:
    objects, etag = store()
    obstore.put(objects, key_of("a"), bytes(200))
    with pytest.raises(Transient):
        read_span(objects, key_of, Span("a", etag, 0, 5))
    with pytest.raises(Transient):
        read_span(objects, key_of, Span("gone", etag, 0, 5))
