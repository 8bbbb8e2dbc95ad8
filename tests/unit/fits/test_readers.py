"""Readers: the same bytes from every stored form, no more than asked for, damage told."""

from __future__ import annotations

import gzip
import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skybatch.errors import SourceDamaged
from skybatch.fits.readers import (
    FITS_MAGIC,
    MAX_MEMBERS,
    GzipReader,
    PlainReader,
    RangedReader,
    Reader,
    open_reader,
)

PLAIN = FITS_MAGIC + bytes(range(256)) * 40
moves = st.lists(st.tuples(st.sampled_from(["read", "skip"]), st.integers(0, 4000)), max_size=12)


def readers(plain: bytes) -> list[Reader]:
    """A reader of each kind on the same plain bytes."""
    members = gzip.compress(plain[:3000]) + gzip.compress(plain[3000:])
    ranged = RangedReader(lambda start, length: plain[start : start + length], len(plain), 500)
    return [PlainReader(plain), GzipReader(gzip.compress(plain)), GzipReader(members), ranged]


@given(moves)
def test_every_reader_reads_as_a_file_does(steps: list[tuple[str, int]]) -> None:
    for reader in readers(PLAIN):
        position = 0
        for step, length in steps:
            expected = PLAIN[position : position + length]
            if step == "read":
                assert bytes(reader.read(length)) == expected
            else:
                assert reader.skip(length) == len(expected)
            position += len(expected)


def test_forms_are_told_by_content() -> None:
    assert isinstance(open_reader(PLAIN), PlainReader)
    assert isinstance(open_reader(gzip.compress(PLAIN)), GzipReader)


@pytest.mark.parametrize("source", [b"", b"<html>", b"\x1f", b"PK\3\4"])
def test_anything_else_is_damaged(source: bytes) -> None:
    with pytest.raises(SourceDamaged):
        open_reader(source)


def test_an_empty_file_is_called_empty() -> None:
    with pytest.raises(SourceDamaged, match="the file is empty"):
        open_reader(b"")


def test_the_end_of_a_whole_file_is_as_it_should_be() -> None:
    for reader in readers(PLAIN):
        reader.read(100)
        reader.read_to_end()


@pytest.mark.parametrize("member", [0, 1])
@pytest.mark.parametrize("trailer", ["CRC", "length"])
def test_the_end_tells_a_changed_member(member: int, trailer: str) -> None:
    members = [bytearray(gzip.compress(part)) for part in (PLAIN[:3000], PLAIN[3000:])]
    members[member][-8 if trailer == "CRC" else -4] ^= 1
    reader = GzipReader(b"".join(members))
    reader.read(100)
    with pytest.raises(SourceDamaged):
        reader.read_to_end()


def test_what_goes_on_without_end_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skybatch.fits.readers.MAX_IMAGE_BYTES", 1 << 18)
    reader = GzipReader(gzip.compress(bytes(1 << 20)))
    with pytest.raises(SourceDamaged, match="go on"):
        reader.read_to_end()


EMPTY_MEMBER = gzip.compress(b"")


def test_members_are_counted() -> None:
    members = gzip.compress(PLAIN) + EMPTY_MEMBER * (MAX_MEMBERS - 2) + gzip.compress(b"end")
    assert GzipReader(members).read(2 * len(PLAIN)) == PLAIN + b"end"
    with pytest.raises(SourceDamaged, match="more than 10,000 gzip members"):
        GzipReader(members + EMPTY_MEMBER).read(2 * len(PLAIN))


def test_the_work_of_many_members_grows_as_their_bytes() -> None:
    """What is behind a member was copied once for each, 15 s for 6 MB."""
    padding = bytes(32 << 20)
    members = gzip.compress(PLAIN) + EMPTY_MEMBER * 5000 + padding
    tracemalloc.start()
    try:
        assert GzipReader(members).read(2 * len(PLAIN)) == PLAIN
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=4), st.integers(30, 300_000))
def test_members_of_any_length_read_in_any_steps(sizes: list[int], step: int) -> None:
    contents = [random.Random(size).randbytes(size) for size in sizes]
    reader = GzipReader(b"".join(gzip.compress(content, 1) for content in contents))
    pieces = list(iter(lambda: reader.read(step), b""))
    assert b"".join(pieces) == b"".join(contents)
    assert all(len(piece) == step for piece in pieces[:-1])


@pytest.mark.parametrize("cut", [1, 4, 8, 9, 100])
def test_gzip_that_breaks_off_is_damaged(cut: int) -> None:
    reader = GzipReader(gzip.compress(PLAIN)[:-cut])
    with pytest.raises(SourceDamaged):
        reader.read(len(PLAIN) + 1)


def test_a_wrong_gzip_checksum_is_damaged() -> None:
    stored = bytearray(gzip.compress(PLAIN))
    stored[-5] ^= 1
    with pytest.raises(SourceDamaged):
        GzipReader(bytes(stored)).read(len(PLAIN) + 1)


def test_padding_behind_the_last_member_is_no_part_of_the_file() -> None:
    assert GzipReader(gzip.compress(PLAIN) + bytes(512)).read(2 * len(PLAIN)) == PLAIN


def test_ranges_are_fetched_once_and_the_first_bytes_are_kept() -> None:
    fetched = []

    def read_range(start: int, length: int) -> bytes:
        fetched.append((start, length))
        return PLAIN[start : start + length]

    reader = RangedReader(read_range, len(PLAIN), 1000)
    reader.read(400)
    reader.read(600)
    reader.seek(10)
    reader.read(20)
    reader.skip(5000)
    reader.read(0)
    assert reader.range(7000, 50) == PLAIN[7000:7050]
    assert reader.read(10**6) == PLAIN[7050:]
    assert fetched == [(0, 1000), (7000, 50), (7050, len(PLAIN) - 7050)]


def test_a_store_that_returns_too_little_is_damaged() -> None:
    with pytest.raises(SourceDamaged):
        RangedReader(lambda start, length: b"short", 9000, 500)


def test_a_seek_beyond_the_end_stops_there() -> None:
    reader = RangedReader(lambda start, length: PLAIN[start : start + length], len(PLAIN), 500)
    reader.seek(10**9)
    assert reader.read(5) == b""


def test_no_bytes_are_asked_of_no_store() -> None:
    """Stores refuse a range without bytes, so an empty file was an error of the program."""

    def refuse(start: int, length: int) -> bytes:
        raise ValueError("an empty range")

    assert RangedReader(refuse, 0, 500).read(10) == b""


def test_headers_beyond_the_first_request_come_ten_blocks_at_a_time() -> None:
    content = bytes(range(256)) * 400
    asked: list[tuple[int, int]] = []

    def read_range(start: int, length: int) -> bytes:
        asked.append((start, length))
        return content[start : start + length]

    reader = RangedReader(read_range, len(content), 2880)
    parts = [reader.read(2880) for _ in range(12)]
    assert b"".join(parts) == content[: 12 * 2880]
    assert asked == [(0, 2880), (2880, 28_800), (11 * 2880, 28_800)]
    assert reader.range(100_000, 5000) == content[100_000:]
    assert asked[-1] == (100_000, 2400)
