"""Spans and parts: every byte once and in order, and only what S3 takes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.bundles.place import Place
from skybatch.bundles.spans import (
    GATHERED_BYTES,
    MAX_COPY_BYTES,
    MAX_GAP_BYTES,
    MIN_PART_BYTES,
    Copied,
    Gathered,
    Part,
    Span,
    group_reads,
    join_places,
    plan_parts,
)

MIB = 1024 * 1024


def place(bundle: str, start: int, length: int) -> Place:
    return Place(bundle, "e", start, start + 512, length, "", 0)


def span(bundle: str, start: int, length: int) -> Span:
    return Span(bundle, "e", start, start + length)


def spans_of(part: Part) -> tuple[Span, ...]:
    return (part.span,) if isinstance(part, Copied) else part.spans


def ranges(spans: list[Span]) -> list[tuple[str, int, int]]:
    """Runs of bytes, joined where they follow each other."""
    joined: list[tuple[str, int, int]] = []
    for each in spans:
        if joined and joined[-1][0] == each.bundle and joined[-1][2] == each.start:
            joined[-1] = (each.bundle, joined[-1][1], each.stop)
        else:
            joined.append((each.bundle, each.start, each.stop))
    return joined


def test_adjacent_members_of_one_object_are_one_span() -> None:
    places = [place("a", 0, 700), place("a", 1536, 512), place("a", 4096, 1), place("b", 5120, 1)]
    assert join_places(places) == [span("a", 0, 2560), span("a", 4096, 1024), span("b", 5120, 1024)]
    other = replace(places[1], etag="f")
    assert len(join_places([places[0], other])) == 2


sizes = st.integers(1, 20).map(lambda n: n * MIB) | st.integers(1, 3 * MIB) | st.just(MIN_PART_BYTES)


@given(st.lists(st.tuples(st.sampled_from("abc"), sizes, st.booleans()), max_size=25))
def test_parts_hold_every_byte_once_in_order_and_s3_takes_them(
    wanted: list[tuple[str, int, bool]],
) -> None:
    at = dict.fromkeys("abc", 0)
    spans = []
    for bundle, length, gap in wanted:
        start = at[bundle] + 512 * gap
        spans.append(span(bundle, start, length))
        at[bundle] = start + length
    parts, rest = plan_parts(spans)
    planned = [each for part in (*parts, rest) for each in spans_of(part)]
    assert ranges(planned) == ranges(spans)
    assert all(sum(each.length for each in spans_of(part)) >= MIN_PART_BYTES for part in parts)
    assert rest.length < MIN_PART_BYTES
    gathered = [part.length for part in parts if isinstance(part, Gathered)]
    assert all(length < GATHERED_BYTES + 2 * MIN_PART_BYTES for length in gathered)


def test_long_fragments_are_copied_and_nothing_of_them_is_read() -> None:
    spans = [span("a", 0, 6 * MIB), span("b", 0, 5 * MIB), span("c", 0, 9 * MIB)]
    parts, rest = plan_parts(spans)
    assert parts == [Copied(each) for each in spans]
    assert rest == Gathered(())


def test_a_short_rest_takes_the_first_bytes_of_the_long_span_behind_it() -> None:
    parts, _ = plan_parts([span("a", 0, MIB), span("b", 0, 20 * MIB)])
    assert parts == [
        Gathered((span("a", 0, MIB), span("b", 0, 4 * MIB))),
        Copied(span("b", 4 * MIB, 16 * MIB)),
    ]


def test_a_span_larger_than_s3_copies_at_once_is_divided() -> None:
    parts, _ = plan_parts([span("a", 0, 5 * MAX_COPY_BYTES + 7)])
    assert len(parts) == 6
    assert all(MIN_PART_BYTES <= spans_of(part)[0].length <= MAX_COPY_BYTES for part in parts)


def test_ten_gigabytes_take_fewer_parts_than_s3_has() -> None:
    parts, _ = plan_parts([span(str(n), 0, MIN_PART_BYTES) for n in range(10**10 // MIN_PART_BYTES + 1)])
    assert len(parts) < 10_000


@pytest.mark.parametrize(("gap", "groups"), [(0, 1), (MAX_GAP_BYTES - 1, 1), (MAX_GAP_BYTES, 2), (-600, 2)])
def test_near_ranges_of_one_object_are_read_at_once(gap: int, groups: int) -> None:
    first = span("a", 1000, 512)
    found = list(group_reads([first, span("a", first.stop + gap, 512)]))
    assert len(found) == groups
    assert [each for group in found for each in group] == [first, span("a", first.stop + gap, 512)]


def test_ranges_of_different_objects_are_read_by_themselves() -> None:
    spans = [span("a", 0, 512), span("b", 512, 512), Span("b", "f", 1024, 1536)]
    assert all(len(group) == 1 for group in group_reads(spans))
