"""Boxes of compressed images of every kind against astropy; what is damaged is one typed error."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.errors import SourceDamaged, SourceError
from skybatch.fits.hdus.image_hdu import find_image
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.readers import PlainReader
from skybatch.fits.tiles.compressed_image import CompressedImage, read_compressed_image
from skybatch.fits.tiles.tile_decoder import TileDecoder
from tests.support.images.compressed_images import DITHERS, compressed, stored_pixels
from tests.support.images.tiled_images import random_boxes

KINDS = {
    **{f"RICE_1 {bitpix}": {"bitpix": bitpix} for bitpix in (8, 16, 32)},
    **{
        f"{name} {bitpix}": {"bitpix": bitpix, "compression": name}
        for name in ("GZIP_1", "GZIP_2")
        for bitpix in (8, 16, 32)
    },
    **{
        f"{name} {bitpix} {dither}": {"bitpix": bitpix, "compression": name, "dither": dither}
        for name in ("RICE_1", "GZIP_1", "GZIP_2")
        for bitpix in (-32, -64)
        for dither in DITHERS
    },
    **{
        f"{name} {bitpix} lossless": {"bitpix": bitpix, "compression": name, "lossless": True}
        for name in ("GZIP_1", "GZIP_2")
        for bitpix in (-32, -64)
    },
    "RICE_1 square tiles": {"bitpix": -32, "tile": (32, 48)},
    "RICE_1 long tile": {"bitpix": -32, "tile": (70, 130), "nx": 130, "seed": 9999},
    "RICE_1 wide": {"bitpix": -64, "nx": 23_000, "ny": 3, "dither": "SUBTRACTIVE_DITHER_2"},
    "GZIP_2 square tiles": {"bitpix": 16, "compression": "GZIP_2", "tile": (16, 50)},
    "RICE_1 16 bits in a large tile": {"bitpix": 16, "tile": (70, 130)},
}


def opened(file: bytes) -> CompressedImage:
    reader = PlainReader(file)
    image = find_image(reader)
    assert image.table is not None
    return read_compressed_image(image.header, image.table, reader, image.data_offset, len(file))


def decoder(file: bytes, boxes: list[PixelBox]) -> TileDecoder:
    return TileDecoder(opened(file), lambda start, length: file[start : start + length], boxes)


@pytest.mark.parametrize("kind", KINDS)
def test_boxes_are_astropys(kind: str) -> None:
    file = compressed(**KINDS[kind])  # type: ignore[arg-type]
    expected = stored_pixels(file)
    boxes = random_boxes(expected.shape[1], expected.shape[0], count=20)
    tiles = decoder(file, boxes)
    for box in boxes:
        part = expected[box.y0 : box.y0 + box.ny, box.x0 : box.x0 + box.nx]
        big = part.dtype.newbyteorder(">")
        found = np.frombuffer(tiles.cut(box), big).reshape(part.shape)
        assert np.array_equal(found, part, equal_nan=part.dtype.kind == "f")


def test_only_the_tiles_of_the_boxes_are_read() -> None:
    file = compressed(-32, ny=4000)
    read: list[int] = []

    def read_range(start: int, length: int) -> bytes:
        read.append(length)
        return file[start : start + length]

    boxes = [PixelBox(3, 10, 5, 20), PixelBox(3, 3900, 5, 20)]
    TileDecoder(opened(file), read_range, boxes).cut(boxes[0])
    assert len(read) == 2
    assert sum(read) < len(file) / 50


@pytest.mark.parametrize("kind", ["RICE_1 16", "GZIP_1 32", "GZIP_2 -32 lossless", "RICE_1 -32 NO_DITHER"])
@pytest.mark.no_cover
def test_damaged_tiles_are_one_typed_error_or_pixels(kind: str) -> None:
    file = compressed(**KINDS[kind])  # type: ignore[arg-type]
    start, rng = opened(file).table.heap_offset, np.random.default_rng(3)
    box = PixelBox(0, 0, 130, 70)
    raised = 0
    for _ in range(200):
        other = bytearray(file)
        other[rng.integers(start, len(file) - 2000)] ^= 1 << rng.integers(8)
        try:
            assert len(decoder(bytes(other), [box]).cut(box)) == len(stored_pixels(file).tobytes())
        except SourceError:
            raised += 1
    assert raised > 0


def test_a_file_that_ends_within_its_tiles_is_damaged() -> None:
    file = compressed(16)
    image = opened(file)
    end = image.table.heap_offset + 100
    with pytest.raises(SourceDamaged, match="ends"):
        TileDecoder(image, lambda start, n: file[start : min(start + n, end)], [PixelBox(0, 0, 130, 70)])
