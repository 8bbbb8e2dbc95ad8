"""Images in HCOMPRESS tiles: astropy writes and reads them, we read the same rows from fewer bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.readers import PlainReader
from skybatch.fits.tiles.hcompress_reader import HcompressImage, open_hcompress_image, to_int16

Int16 = NDArray[np.int16]


def tiled(nx: int, ny: int, tile: tuple[int, int], **options: object) -> tuple[bytes, Int16]:
    """A file in tiles of (rows, columns) as astropy writes it, and the pixels that it reads."""
    pixels = np.random.default_rng(nx * ny).integers(-300, 9000, (ny, nx)).astype(np.int16)
    settings = {"compression_type": "HCOMPRESS_1", "hcomp_scale": 4, "tile_shape": tile, **options}
    stored = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(pixels, **settings)]).writeto(stored)
    with fits.open(io.BytesIO(stored.getvalue())) as hdus:
        return stored.getvalue(), np.array(hdus[1].data)


def opened(stored: bytes, reads: list[tuple[int, int]] | None = None) -> HcompressImage:
    def read_range(start: int, length: int) -> bytes:
        if reads is not None:
            reads.append((start, length))
        return stored[start : start + length]

    return open_hcompress_image(PlainReader(stored), read_range)


@pytest.mark.parametrize("tile", [(16, 64), (16, 20), (48, 64), (7, 8)])
@pytest.mark.parametrize("rows", [(0, 48), (0, 1), (47, 48), (15, 33), (20, 20)])
@pytest.mark.parametrize("smooth", [False, True])
def test_rows_are_those_astropy_reads(tile: tuple[int, int], rows: tuple[int, int], smooth: bool) -> None:
    stored, expected = tiled(64, 48, tile, hcomp_smooth=smooth)
    got = opened(stored).rows(*rows)
    assert got.dtype == np.dtype(">i2")
    assert np.array_equal(got, expected[rows[0] : rows[1]])


def test_only_tiles_of_these_rows_are_read_by_one_request() -> None:
    stored, _ = tiled(64, 160, (16, 64))
    reads: list[tuple[int, int]] = []
    image = opened(stored, reads)
    image.rows(40, 60)
    start = image.table.streams[2][0]
    assert reads == [(start, sum(image.table.streams[3]) - start)]


@pytest.mark.parametrize("scale", [4, 12])
def test_header_and_scale_are_those_of_the_image(scale: int) -> None:
    image = opened(tiled(64, 48, (16, 64), hcomp_scale=scale)[0])
    assert (image.header.naxis1, image.header.naxis2, image.header.bitpix) == (64, 48, 16)
    assert image.scale == scale


def test_a_file_that_ends_within_its_tiles_is_damaged() -> None:
    stored, _ = tiled(64, 48, (16, 64))
    image = opened(stored)
    with pytest.raises(SourceDamaged):
        opened(stored[: image.table.end - 1]).rows(0, 48)


@pytest.mark.parametrize("options", [{"compression_type": "RICE_1"}, {"compression_type": "GZIP_2"}])
def test_other_compressions_are_refused(options: dict[str, str]) -> None:
    pixels = np.zeros((16, 16), np.int16)
    stored = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(pixels, **options)]).writeto(stored)
    with pytest.raises(SourceUnsupported):
        opened(stored.getvalue())


def test_values_outside_16_bits_are_clipped() -> None:
    """More pixels than are converted at a time."""
    pixels = np.random.default_rng(3).integers(-(2**20), 2**20, (300, 250), dtype=np.int32)
    assert np.array_equal(to_int16(pixels.copy()), np.clip(pixels, -32768, 32767))
