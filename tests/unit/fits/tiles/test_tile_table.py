"""Tables of tiles: where astropy and cfitsio put each tile is where we find it."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.header import parse_header
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.readers import PlainReader
from skybatch.fits.tiles.table_header import Values
from skybatch.fits.tiles.tile_table import TileTable, read_tile_table
from tests.support.images import fits_oracle
from tests.support.images.fits_files import make_image
from tests.support.images.tiled_images import IMAGE, TILED, needs_cfitsio


def read(stored: bytes) -> TileTable:
    return read_tile_table(PlainReader(stored), "GZIP_2", -32)


def assert_streams_are_astropys(stored: bytes, table: TileTable) -> None:
    """Each stream by the descriptors that astropy reads of the binary table."""
    with fits.open(io.BytesIO(stored), disable_image_compression=True) as hdus:
        assert hdus[1].fileinfo()["datLoc"] == table.table_offset
        streams = [bytes(stream) for stream in hdus[1].data["COMPRESSED_DATA"]]
    assert [stored[start : start + length] for start, length in table.streams] == streams


def test_our_own_table_lies_where_it_is_said_to() -> None:
    table = read(TILED.content)
    assert (table.table_offset, table.heap_offset) == (TILED.table_offset, TILED.heap_offset)
    assert table.end <= len(TILED.content)
    assert_streams_are_astropys(TILED.content, table)


@needs_cfitsio
@pytest.mark.parametrize(("tile", "shape"), [("100,32", (32, 100)), ("100,1", (1, 100)), ("30,50", (50, 30))])
def test_tables_of_cfitsio_are_read(tile: str, shape: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "image.fits"
    path.write_bytes(IMAGE)
    subprocess.run(["fpack", "-C", "-g2", "-q", "0", "-t", tile, path], check=True, capture_output=True)
    stored = (tmp_path / "image.fits.fz").read_bytes()
    table = read(stored)
    assert table.tile_shape == shape
    assert_streams_are_astropys(stored, table)


@pytest.mark.parametrize("tile", [(32, 100), (50, 30), (1, 100), (120, 7)])
def test_tables_of_astropy_are_read(tile: tuple[int, int]) -> None:
    """Its descriptors may be of 64 bits."""
    stored = io.BytesIO()
    hdu = fits_oracle.opened(IMAGE)
    settings = {"compression_type": "GZIP_2", "quantize_level": 0, "tile_shape": tile}
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(hdu.data, hdu.header, **settings)]).writeto(stored)
    table = read(stored.getvalue())
    assert table.tile_shape == tile
    assert_streams_are_astropys(stored.getvalue(), table)


@pytest.mark.parametrize("tile_shape", [(32, 128), (7, 13), (120, 100), (1, 100)])
def test_tiles_cover_each_pixel_once(tile_shape: tuple[int, int]) -> None:
    header = parse_header(b"".join(fits_oracle.cards(make_image(nx=100, ny=120))))
    shape = min(tile_shape[0], 120), min(tile_shape[1], 100)
    table = TileTable(header, shape, 0, 0, (), {})
    count = -(-120 // shape[0]) * table.tiles_across
    owner = np.full((120, 100), -1)
    for tile in range(count):
        (row, column), (rows, columns) = table.corner(tile), table.shape(tile)
        part = owner[row : row + rows, column : column + columns]
        assert (part == -1).all()
        part[...] = tile
    assert (owner >= 0).all()
    for box in (PixelBox(0, 0, 100, 120), PixelBox(31, 47, 40, 3), PixelBox(99, 119, 1, 1)):
        found = [tile for tile_row in table.tile_rows(box) for tile in tile_row]
        assert found == np.unique(owner[box.y0 : box.y0 + box.ny, box.x0 : box.x0 + box.nx]).tolist()


def test_parameters_of_the_compression_are_found_by_name() -> None:
    values: Values = {"ZNAME1": "SCALE", "ZVAL1": 4, "ZNAME2": "SMOOTH", "ZVAL2": 0}
    table = TileTable(read(TILED.content).header, (1, 1), 0, 0, (), values)
    assert [table.parameter(name) for name in ("SCALE", "SMOOTH", "OTHER")] == [4, 0, None]


DAMAGE = {
    "no column": (b"'COMPRESSED_DATA'", b"'SOMETHING_ELSE '"),
    "a type of no table": (b"'1PB(", b"'1ZB("),
    "more columns than described": (b"TFIELDS =                    1", b"TFIELDS =                    2"),
    "no tile rows": (b"ZTILE2  =                   32", b"ZTILE2  =                    0"),
    "too few tiles": (b"ZTILE2  =                   32", b"ZTILE2  =                   16"),
    "a row too short": (b"NAXIS1  =                    8", b"NAXIS1  =                    4"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_tables_that_make_no_image_are_damage(name: str) -> None:
    old, new = DAMAGE[name]
    assert TILED.content.count(old) >= 1
    stored = TILED.content.replace(old, new, 1)
    if name == "more columns than described":
        stored = stored.replace(b"'COMPRESSED_DATA'", b"'SOMETHING_ELSE '")
    with pytest.raises(SourceDamaged):
        read(stored)


@pytest.mark.parametrize("stored", [IMAGE, TILED.content[:2880] + b"XTENSION= 'IMAGE   '".ljust(2880)])
def test_files_without_a_table_are_unsupported(stored: bytes) -> None:
    with pytest.raises(SourceUnsupported):
        read(stored)
