"""Quicklooks in tiles of 16 rows: made from the original image, read in parts, as astropy reads them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits

from skybatch.errors import SourceUnsupported
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.quicklook import (
    SCALE,
    compress_quicklook,
    cut_quicklook,
    cut_quicklook_ranged,
    decompress_quicklook,
    round_to_int16,
)
from skybatch.imaging.quicklook_tiles import compress_quicklook_tiles, tile_rows
from tests.support.images.fits_files import gzipped, make_image

ORIGIN = Origin("made.fits.fz")


@pytest.mark.parametrize(("ny", "rows"), [(1024, 16), (818, 20), (830, 16), (33, 24), (17, 17), (5, 5)])
def test_tiles_are_as_high_as_hcompress_takes_them(ny: int, rows: int) -> None:
    assert tile_rows(ny) == rows
    assert ny % rows == 0 or ny % rows >= 4


@pytest.mark.parametrize("ny", [96, 82, 33, 17, 5])
def test_astropy_decodes_the_tiles_as_we_do(ny: int) -> None:
    image = make_image(nx=64, ny=ny)
    stored = compress_quicklook_tiles(image, SCALE).content
    with fits.open(io.BytesIO(stored)) as hdus, fits.open(io.BytesIO(decompress_quicklook(stored))) as ours:
        assert np.array_equal(hdus[1].data, ours[0].data)
    assert np.abs(ours[0].data - round_to_int16(image)[1]).max() <= 2 * SCALE


def test_a_quicklook_is_the_same_from_every_form_of_its_atlas_image() -> None:
    image = make_image(nx=64, ny=96)
    forms = [image, gzipped(image), compress_tiled(image).content]
    assert len({compress_quicklook_tiles(form, SCALE).content for form in forms}) == 1
    assert len({compress_quicklook(form) for form in forms}) == 1


def test_a_crop_reads_a_part_and_is_that_of_the_whole() -> None:
    image = make_image()
    stored = compress_quicklook_tiles(image, SCALE).content
    reads: list[int] = []

    def read_range(start: int, length: int) -> bytes:
        reads.append(length)
        return stored[start : start + length]

    boxes = [PixelBox(100, 500, 50, 50)]
    assert list(cut_quicklook_ranged(read_range, len(stored), boxes, ORIGIN)) == list(
        cut_quicklook(stored, boxes, ORIGIN)
    )
    assert len(reads) == 2
    assert sum(reads) < 0.5 * len(stored)


def test_the_other_form_read_by_ranges_is_read_whole() -> None:
    stored = compress_quicklook(make_image(nx=64, ny=96))
    boxes = [PixelBox(10, 50, 20, 20)]
    crops = cut_quicklook_ranged(lambda start, n: stored[start : start + n], len(stored), boxes, ORIGIN)
    assert list(crops) == list(cut_quicklook(stored, boxes, ORIGIN))


def test_no_quicklook_is_made_from_a_quicklook() -> None:
    image = make_image(nx=64, ny=96)
    for lossy in (
        decompress_quicklook(compress_quicklook(image)),
        compress_quicklook_tiles(image, SCALE).content,
    ):
        with pytest.raises(SourceUnsupported):
            compress_quicklook_tiles(lossy, SCALE)
