"""The format of a bundle: what was written is read, and nothing else is taken for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.bundles.bundle_format import (
    FOOTER,
    BundleIndex,
    FailedTask,
    Member,
    UnsoundBundle,
    decode_footer,
    decode_index,
    encode_index,
)

FIRST = Member(4, 0, 512, 700, "0" * 32, 1)
SECOND = Member(7, 1536, 2048, 512, "1" * 32, 2**32 - 1, preview=(2560, 30))
INDEX = BundleIndex((FIRST, SECOND), (FailedTask(5, "source_missing", 'the archive does not hold "x"'),))
PREVIEWS = 30


def read(index: BundleIndex, previews: int = PREVIEWS) -> BundleIndex:
    tail = encode_index(index, previews)
    footer = decode_footer(tail, index.fragment_bytes + previews + len(tail))
    return decode_index(tail[: -FOOTER.size], footer)


def test_an_index_is_read_as_it_was_written() -> None:
    assert read(INDEX) == INDEX
    assert INDEX.fragment_bytes == 2560


def test_a_bundle_of_failures_alone_has_no_fragment() -> None:
    failed = BundleIndex((), INDEX.failures)
    assert read(failed, 0) == failed
    assert failed.fragment_bytes == 0


@pytest.mark.parametrize(
    "members",
    [
        (replace(FIRST, start=512, offset=1024), SECOND),
        (SECOND, FIRST),
        (FIRST, replace(SECOND, start=2048, offset=2560)),
        (FIRST, replace(SECOND, offset=1536)),
        (FIRST, replace(SECOND, offset=1600)),
        (FIRST, replace(SECOND, number=4)),
        (FIRST, replace(SECOND, number=5)),
        (FIRST, replace(SECOND, preview=(0, 30))),
        (FIRST, replace(SECOND, preview=(2560, 31))),
        (replace(FIRST, length=-1), SECOND),
    ],
    ids=[
        "gap first",
        "order",
        "gap",
        "no header",
        "part of a block",
        "twice",
        "done and failed",
        "preview in the fragment",
        "preview beyond",
        "negative",
    ],
)
def test_members_that_cannot_be_are_refused(members: tuple[Member, ...]) -> None:
    with pytest.raises(UnsoundBundle):
        read(replace(INDEX, members=members))


@given(st.integers(0, 10**6), st.integers(0, 255))
def test_one_changed_byte_is_noticed(place: int, value: int) -> None:
    tail = bytearray(encode_index(INDEX, PREVIEWS))
    size = INDEX.fragment_bytes + PREVIEWS + len(tail)
    same = tail[place % len(tail)] == value
    tail[place % len(tail)] = value
    try:
        footer = decode_footer(bytes(tail), size)
        found = decode_index(bytes(tail[: -FOOTER.size]), footer)
    except UnsoundBundle:
        assert not same
    else:
        assert found == INDEX


@pytest.mark.parametrize("cut", [1, 20, 40, 100])
def test_a_tail_cut_short_is_no_bundle(cut: int) -> None:
    tail = encode_index(INDEX, PREVIEWS)
    size = INDEX.fragment_bytes + PREVIEWS + len(tail) - cut
    with pytest.raises(UnsoundBundle):
        decode_footer(tail[:-cut], size)


def test_an_object_of_another_length_is_no_bundle() -> None:
    tail = encode_index(INDEX, PREVIEWS)
    size = INDEX.fragment_bytes + PREVIEWS + len(tail)
    for other in (size - 512, size + 512, 0):
        with pytest.raises(UnsoundBundle):
            decode_footer(tail, other)
    with pytest.raises(UnsoundBundle):
        decode_footer(b"", 0)
