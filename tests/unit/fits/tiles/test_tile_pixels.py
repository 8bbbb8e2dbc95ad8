"""Pixels out of shuffled tiles: numpy's slices of the same image."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.fits.header import parse_header
from skybatch.fits.tiles.tile_pixels import TilePixels
from skybatch.fits.tiles.tile_table import TileTable
from tests.support.images import fits_oracle
from tests.support.images.fits_files import make_image
from tests.support.images.tiled_images import random_boxes

NX, NY = 90, 70
IMAGE = make_image(nx=NX, ny=NY)
PIXELS = fits_oracle.opened(IMAGE).data
HEADER = parse_header(b"".join(fits_oracle.cards(IMAGE)))


def shuffled(tile_shape: tuple[int, int]) -> TilePixels:
    """All tiles of the image, each as its four planes of bytes."""
    table = TileTable(HEADER, tile_shape, 0, 0, (), {})
    tiles = {}
    for tile in range(-(-NY // tile_shape[0]) * table.tiles_across):
        (row, column), (rows, columns) = table.corner(tile), table.shape(tile)
        part = np.ascontiguousarray(PIXELS[row : row + rows, column : column + columns])
        tiles[tile] = part.view(np.uint8).reshape(-1, 4).T.tobytes()
    return TilePixels(table, tiles)


@pytest.mark.parametrize("tile_shape", [(32, 128), (32, 90), (16, 40), (1, 90), (70, 7), (9, 11)])
def test_boxes_are_slices_of_the_image(tile_shape: tuple[int, int]) -> None:
    pixels = shuffled((min(tile_shape[0], NY), min(tile_shape[1], NX)))
    for box in random_boxes(NX, NY, 60):
        expected = PIXELS[box.y0 : box.y0 + box.ny, box.x0 : box.x0 + box.nx]
        assert pixels.cut(box) == expected.tobytes()


def test_only_the_tiles_of_a_box_are_needed() -> None:
    everything = shuffled((16, 40))
    box = random_boxes(NX, NY, 1)[0]
    needed = {tile for tile_row in everything.table.tile_rows(box) for tile in tile_row}
    part = TilePixels(everything.table, {tile: everything.tiles[tile] for tile in needed})
    assert part.cut(box) == everything.cut(box)
