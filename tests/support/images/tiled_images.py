"""A small image in tiles, a store of it that counts what is read, and cfitsio's programs for tiles."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.tiled_cutout import cut_tiled
from tests.support.images.fits_files import make_image

SHAPES = [(512, 1024), (512, 824), (512, 830), (100, 33), (64, 32), (7, 1), (1, 65), (300, 70), (129, 33)]
needs_cfitsio = pytest.mark.skipif(
    not (shutil.which("funpack") and shutil.which("fpack")), reason="funpack is not installed"
)

ORIGIN = Origin("made.fits.gz")
IMAGE = make_image(nx=100, ny=120)  # tiles of 32, 32, 32 and 24 rows
TILED = compress_tiled(IMAGE)
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


def random_boxes(nx: int, ny: int, count: int, seed: int = 6) -> list[PixelBox]:
    """Boxes anywhere in an image, the whole of it, and its last pixel."""
    random = np.random.default_rng(seed)
    boxes = []
    for _ in range(count):
        x0, y0 = int(random.integers(nx)), int(random.integers(ny))
        wide, high = int(random.integers(1, 121)), int(random.integers(1, 121))
        boxes.append(PixelBox(x0, y0, min(wide, nx - x0), min(high, ny - y0)))
    return [*boxes, PixelBox(0, 0, nx, ny), PixelBox(nx - 1, ny - 1, 1, 1)]


def funpacked(stored: bytes, folder: Path) -> bytes:
    """The plain file that cfitsio's funpack gives."""
    packed, plain = folder / "image.fits.fz", folder / "image.fits"
    packed.write_bytes(stored)
    plain.unlink(missing_ok=True)
    subprocess.run(["funpack", "-C", "-O", plain, packed], check=True, capture_output=True)
    return plain.read_bytes()
