"""A small image in tiles, and a store of it that counts what is read."""

from __future__ import annotations

from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.tiled_cutout import cut_tiled
from tests.support.fits_files import make_image

ORIGIN = Origin("made.fits.gz")
IMAGE = make_image(nx=100, ny=120)  # tiles of 32, 32, 32 and 24 rows
PACKED = compress_tiled(IMAGE)
BOX = PixelBox(30, 40, 20, 10)  # in the second tile alone


class Stored:
    """A stored file that counts what is read of it."""

    def __init__(self, file: bytes) -> None:
        self.file = file
        self.reads: list[tuple[int, int]] = []

    def read_range(self, start: int, length: int) -> bytes:
        self.reads.append((start, length))
        return self.file[start : start + length]

    def crops(self, boxes: list[PixelBox], heap_offset: int | None = None) -> list[bytes]:
        return list(cut_tiled(self.read_range, len(self.file), boxes, ORIGIN, heap_offset=heap_offset))
