"""The CRC-32 of data joined from parts, from the CRCs of the parts alone.

CRC-32 (zlib's, which S3 takes as checksum of a full object) is a remainder of polynomials over GF(2), so the
CRC of a joined whole is the first part's, multiplied by x to the power of the bits that follow, plus the
second's. The method is that of zlib's ``crc32_combine``, which Python does not offer.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

# The polynomial with its bits reversed: the highest bit of a number is the coefficient of x^0.
POLYNOMIAL = 0xEDB88320
ONE = 1 << 31
X = 1 << 30


def combine(first: int, second: int, length: int) -> int:
    """Return the CRC-32 of two parts joined, of which the second has ``length`` bytes."""
    return _product(_power_of_bytes(length), first) ^ second


def combine_all(parts: Iterable[tuple[int, int]]) -> int:
    """Return the CRC-32 of parts joined in order, each given as its CRC-32 and its length in bytes."""
    joined = 0
    for crc, length in parts:
        joined = combine(joined, crc, length)
    return joined


def _product(a: int, b: int) -> int:
    """Multiply two polynomials modulo `POLYNOMIAL`."""
    product = 0
    while a:
        if a & ONE:
            product ^= b
        a = (a << 1) & 0xFFFFFFFF
        b = (b >> 1) ^ POLYNOMIAL if b & 1 else b >> 1
    return product


@lru_cache(maxsize=4096)
def _power_of_bytes(count: int) -> int:
    """Return x^(8 count) modulo `POLYNOMIAL`; crops of a batch have few different lengths."""
    power, bit = ONE, 3
    while count:
        if count & 1:
            power = _product(_square(bit), power)
        count >>= 1
        bit += 1
    return power


@lru_cache(maxsize=64)
def _square(times: int) -> int:
    """Return x squared so many times: x^(2^times)."""
    return X if times == 0 else _product(_square(times - 1), _square(times - 1))
