"""Crops of images too large to be read whole: what is read of them, and the same pixels."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.header import Header
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.imaging.cutout import cut_ranged
from skybatch.imaging.wide_rows import STRETCH_BYTES, PixelRanges, are_wide

SIXDEG = Header(b"", -32, 21_600, 21_600)
WIDE = Header(b"", -64, 100_000, 50)
OFFSET = 5760


class Sparse:
    """A file whose every 4 bytes are the number of their place, made where it is read."""

    def __init__(self) -> None:
        self.reads: list[int] = []

    def read_range(self, start: int, length: int) -> bytes:
        self.reads.append(length)
        first, last = start // 4, -(-(start + length) // 4)
        words = np.arange(first, last, dtype=">u4").tobytes()
        return words[start - 4 * first : start - 4 * first + length]


def expected(header: Header, box: PixelBox) -> bytes:
    pixel = abs(header.bitpix) // 8
    file = Sparse()
    starts = (OFFSET + (y * header.naxis1 + box.x0) * pixel for y in range(box.y0, box.y0 + box.ny))
    return b"".join(file.read_range(start, box.nx * pixel) for start in starts)


@pytest.mark.parametrize(
    ("header", "box", "most"),
    [
        (SIXDEG, PixelBox(20_000, 21_000, 500, 300), STRETCH_BYTES),
        (SIXDEG, PixelBox(0, 0, 21_600, 3), STRETCH_BYTES),
        (WIDE, PixelBox(99_000, 3, 100, 40), 800),
        (WIDE, PixelBox(0, 0, 99_000, 2), STRETCH_BYTES),
    ],
)
def test_pixels_are_those_of_the_file_in_bounded_reads(header: Header, box: PixelBox, most: int) -> None:
    file = Sparse()
    assert PixelRanges(file.read_range, header, OFFSET).cut(box) == expected(header, box)
    assert max(file.reads) <= most


def test_columns_are_read_alone_where_a_row_holds_much_beside_them() -> None:
    assert are_wide(WIDE, PixelBox(0, 0, 60_000, 1))
    assert not are_wide(WIDE, PixelBox(0, 0, 99_000, 1))
    assert not are_wide(SIXDEG, PixelBox(0, 0, 1, 1))


def test_a_crop_larger_than_memory_allows_is_refused() -> None:
    with pytest.raises(SourceUnsupported, match="bytes of memory"):
        PixelRanges(Sparse().read_range, SIXDEG, OFFSET).cut(PixelBox(0, 0, 9_000, 9_000))


def test_a_short_answer_is_damage() -> None:
    with pytest.raises(SourceDamaged, match="came for"):
        PixelRanges(lambda start, length: b"", SIXDEG, OFFSET).cut(PixelBox(0, 0, 1, 1))


def test_a_whole_file_of_two_gigabytes_is_cut() -> None:
    cards = [("SIMPLE", "T"), ("BITPIX", -32), ("NAXIS", 2), ("NAXIS1", 21_600), ("NAXIS2", 21_600)]
    front = b"".join(f"{name:8}= {value:>20}".ljust(80).encode() for name, value in cards) + b"END".ljust(80)
    front = front.ljust(2880)
    size = len(front) + -(-21_600 * 21_600 * 4 // 2880) * 2880
    file = Sparse()

    def read_range(start: int, length: int) -> bytes:
        words = bytearray(file.read_range(start, length))
        if start < len(front):
            head = front[start : start + length]
            words[: len(head)] = head
        return bytes(words)

    boxes = [PixelBox(10, 20, 50, 50), PixelBox(21_000, 21_000, 600, 600), PixelBox(5, 10_000, 2_000, 1_500)]
    for box, crop in zip(boxes, cut_ranged(read_range, size, boxes, Origin("six.fits")), strict=True):
        pixels = np.frombuffer(crop, ">u4", box.nx * box.ny, 2880).reshape(box.ny, box.nx)
        assert pixels[0, 0] == len(front) // 4 + box.y0 * 21_600 + box.x0
        assert pixels[-1, -1] == len(front) // 4 + (box.y0 + box.ny - 1) * 21_600 + box.x0 + box.nx - 1
    assert max(file.reads) <= STRETCH_BYTES
