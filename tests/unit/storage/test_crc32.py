"""CRCs of parts combine to zlib's CRC of the whole."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.storage.crc32 import combine, combine_all


@given(st.lists(st.binary(max_size=300), max_size=12))
def test_parts_of_any_length_combine_to_the_crc_of_the_whole(parts: list[bytes]) -> None:
    pairs = [(zlib.crc32(part), len(part)) for part in parts]
    assert combine_all(pairs) == zlib.crc32(b"".join(parts))


@pytest.mark.parametrize("length", [0, 1, 511, 512, 2880, 23_040, 5 * 1024 * 1024, 32 * 1024 * 1024 + 7])
def test_long_parts_combine(length: int) -> None:
    first, second = b"header", random.Random(length).randbytes(min(length, 1 << 20)).ljust(length, b"\0")
    assert combine(zlib.crc32(first), zlib.crc32(second), length) == zlib.crc32(first + second)


def test_an_archive_longer_than_memory_is_followed_by_its_length_alone() -> None:
    block = zlib.crc32(bytes(1 << 20))
    by_doubling, length = block, 1 << 20
    for _ in range(14):  # 16 GiB
        by_doubling, length = combine(by_doubling, by_doubling, length), 2 * length
    assert combine_all([(block, 1 << 20)] * (1 << 14)) == by_doubling
