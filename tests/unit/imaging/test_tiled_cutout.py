"""Cutouts of images in lossless tiles: the same files as from gzip, from few requests and bytes."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from skybatch.errors import SourceDiffers
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.stored_file import read_stored_header
from skybatch.fits.tiles.gzip2_reader import decompress_tiled
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.cutout import cut
from tests.support.images.fits_files import gzipped, make_image
from tests.support.images.tiled_images import (
    BOX,
    IMAGE,
    ORIGIN,
    SHAPES,
    TILED,
    Stored,
    funpacked,
    needs_cfitsio,
    random_boxes,
)


def test_crops_of_survey_images_are_the_same_files_as_from_gzip(survey_data: Path) -> None:
    for path in sorted((survey_data / "archive").rglob("*.fits.gz")):
        stored = path.read_bytes()
        packed = compress_tiled(stored)
        header = read_stored_header(stored)
        boxes = random_boxes(header.naxis1, header.naxis2, 100)
        assert Stored(packed.content).crops(boxes, packed.heap_offset) == list(cut(stored, boxes, ORIGIN)), (
            path.name
        )


@pytest.mark.parametrize(("nx", "ny"), SHAPES)
def test_crops_of_synthetic_images_are_the_same_files_as_from_gzip(nx: int, ny: int) -> None:
    image = make_image(nx=nx, ny=ny)
    boxes = random_boxes(nx, ny, 60)
    assert Stored(compress_tiled(image).content).crops(boxes) == list(cut(gzipped(image), boxes, ORIGIN))


def test_two_requests_bring_one_crop_and_few_bytes(survey_data: Path) -> None:
    path = next((survey_data / "archive").rglob("*.fits.gz"))
    packed = compress_tiled(path.read_bytes())
    for y0 in range(0, 700, 7):
        stored = Stored(packed.content)
        stored.crops([PixelBox(200, y0, 50, 50)], packed.heap_offset)
        assert len(stored.reads) == 2
        assert stored.reads[0] == (0, packed.heap_offset)
        assert sum(length for _, length in stored.reads) <= 0.12 * path.stat().st_size


def test_many_crops_read_no_byte_twice() -> None:
    packed = compress_tiled(make_image())
    stored = Stored(packed.content)
    stored.crops(random_boxes(512, 1024, 50), packed.heap_offset)
    reads = sorted(stored.reads)
    assert all(a + n <= b for (a, n), (b, _) in pairwise(reads))
    assert sum(n for _, n in reads) <= len(packed.content)


def test_far_tiles_are_fetched_apart_and_near_ones_together() -> None:
    packed = compress_tiled(make_image())
    far, near = Stored(packed.content), Stored(packed.content)
    far.crops([PixelBox(0, 0, 9, 9), PixelBox(0, 1000, 9, 9)], packed.heap_offset)
    near.crops([PixelBox(0, 0, 9, 9), PixelBox(0, 100, 9, 9)], packed.heap_offset)
    assert (len(far.reads), len(near.reads)) == (3, 2)


@needs_cfitsio
@pytest.mark.parametrize("tile", ["100,32", "100,1", "100,120"])
def test_tiles_as_cfitsio_writes_them_are_read(tile: str, tmp_path: Path) -> None:
    path = tmp_path / "image.fits"
    path.write_bytes(IMAGE)
    subprocess.run(["fpack", "-C", "-g2", "-q", "0", "-t", tile, path], check=True, capture_output=True)
    packed = (tmp_path / "image.fits.fz").read_bytes()
    boxes = random_boxes(100, 120, 30)
    expected = funpacked(packed, tmp_path)  # NaNs are not those of the image: fpack sets all their bits
    assert Stored(packed).crops(boxes) == list(cut(expected, boxes, ORIGIN))
    assert decompress_tiled(packed) == expected


def test_an_image_that_changed_or_a_box_off_it_differs() -> None:
    with pytest.raises(SourceDiffers, match="the inventory says 9"):
        Stored(TILED.content).crops([BOX], 9)
    with pytest.raises(SourceDiffers):
        Stored(TILED.content).crops([PixelBox(90, 0, 20, 20)])


def test_cutting_tiles_starts_without_numpy_or_astropy() -> None:
    code = (
        "import sys, skybatch.imaging.tiled_cutout\n"
        "print([m for m in ('astropy', 'numpy') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
