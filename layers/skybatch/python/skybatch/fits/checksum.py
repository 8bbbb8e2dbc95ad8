"""DATASUM and CHECKSUM of an HDU (FITS standard 4.0, section 4.4.2.7 and appendix J)."""

from __future__ import annotations

from skybatch.fits.blocks import CARD_BYTES
from skybatch.fits.cards import with_text

Data = bytes | bytearray | memoryview

_ALL_ONES = 0xFFFFFFFF
# Punctuation that the ASCII encoding of appendix J.2 excludes.
_EXCLUDED = frozenset(b":;<=>?@[\\]^_`")


def ones_complement_sum(data: Data, start: int = 0) -> int:
    """Return the 32-bit ones' complement sum of data, padded with zeros to 4 bytes, added to ``start``.

    That sum is the data read as one number modulo 2**32 - 1, except that it is 0 only where every bit is.
    """
    number = int.from_bytes(data, "big") << 8 * (-len(data) % 4)
    number += start
    return number % _ALL_ONES or (_ALL_ONES if number else 0)


def encode_checksum(total: int) -> bytes:
    """Return the 16 characters that bring an HDU, whose sum with CHECKSUM all '0' is ``total``, to -0."""
    complement = ~total & _ALL_ONES
    columns = [_four_characters(complement >> shift & 0xFF) for shift in (24, 16, 8, 0)]
    text = bytes(columns[column][row] for row in range(4) for column in range(4))
    return text[-1:] + text[:-1]  # the value starts at byte 12 of its card, one off the 4-byte grid


def _four_characters(byte: int) -> list[int]:
    quotient, remainder = divmod(byte, 4)
    quarters = [quotient + 48 + remainder, quotient + 48, quotient + 48, quotient + 48]
    while _EXCLUDED.intersection(quarters):
        for i in (0, 2):
            if _EXCLUDED.intersection(quarters[i : i + 2]):
                quarters[i] += 1
                quarters[i + 1] -= 1
    return quarters


def update_checksums(header: bytearray, data: Data) -> None:
    """Compute DATASUM and CHECKSUM anew, in place, where a padded header has them."""
    total = None
    if (offset := _find_card(header, b"DATASUM = ")) is not None:
        total = ones_complement_sum(data)
        header[offset : offset + CARD_BYTES] = with_text(
            bytes(header[offset : offset + CARD_BYTES]), str(total)
        )
    if (offset := _find_card(header, b"CHECKSUM= ")) is not None:
        card = with_text(bytes(header[offset : offset + CARD_BYTES]), "0" * 16)
        header[offset : offset + CARD_BYTES] = card
        total = ones_complement_sum(data) if total is None else total
        text = encode_checksum(ones_complement_sum(header, total))
        header[offset + 11 : offset + 27] = text


def _find_card(header: bytearray, start: bytes) -> int | None:
    found = header.find(start)
    while found % CARD_BYTES and found >= 0:
        found = header.find(start, found + 1)
    return None if found < 0 else found
