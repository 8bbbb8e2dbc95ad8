"""The image of a stored file by a few ranges of it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from skybatch.archive.described.hdu_reader import read_hdu
from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.blocks import BLOCK_BYTES
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.trees import Entry
from tests.support.images.compressed_images import compressed
from tests.support.images.fits_files import gzipped, make_image

IMAGE = make_image(nx=64, ny=48)


class Counting(DirectoryTree):
    """A tree that counts the requests, and the bytes that are read."""

    requests = read_bytes = 0

    def read_range(self, path: str, start: int, length: int) -> bytes:
        self.requests += 1
        self.read_bytes += length
        return super().read_range(path, start, length)


def extensions(pixels: int = 4) -> bytes:
    file = io.BytesIO()
    first = fits.ImageHDU(np.arange(12, dtype="i2").reshape(3, 4), name="SCI")
    noise = np.random.default_rng(1).integers(0, 255, (pixels, 100), dtype="u1")
    fits.HDUList([fits.PrimaryHDU(), first, fits.ImageHDU(noise, name="DQ")]).writeto(file)
    return file.getvalue()


def stored(tmp_path: Path, content: bytes) -> tuple[Counting, Entry]:
    tree = Counting(tmp_path)
    tree.write("x", content)
    return tree, Entry("x", len(content), 0)


@pytest.mark.parametrize("compress", [bytes, gzipped])
@pytest.mark.parametrize(("wanted", "number"), [("", 1), ("DQ", 2), (1, 1)])
def test_images_of_extensions_are_found(
    tmp_path: Path, compress: type[bytes], wanted: str, number: int
) -> None:
    tree, entry = stored(tmp_path, compress(extensions()))
    assert read_hdu(tree, entry, wanted).image.number == number


def test_a_large_file_is_read_in_part(tmp_path: Path) -> None:
    tree, entry = stored(tmp_path, extensions(100_000))
    assert read_hdu(tree, entry, "DQ").image.header.naxis2 == 100_000
    assert tree.read_bytes < 100_000
    tree, entry = stored(tmp_path, gzipped(make_image()))
    image = read_hdu(tree, entry, "").image
    assert (image.number, image.data_offset) == (0, image.header.blocks * BLOCK_BYTES)
    assert tree.read_bytes < 20_000


def test_our_own_tiles_take_one_request(tmp_path: Path) -> None:
    own = compress_tiled(make_image())
    assert len(own.content) > 100_000
    tree, entry = stored(tmp_path, own.content)
    assert read_hdu(tree, entry, "", own_tiles=True).tile_heap == own.heap_offset
    assert tree.requests == 1


def test_tiles_have_a_place_where_they_are_ours(tmp_path: Path) -> None:
    own = compress_tiled(IMAGE)
    tree, entry = stored(tmp_path, own.content)
    assert read_hdu(tree, entry, "", own_tiles=True)[1:] == (own.table_offset, own.heap_offset, False)
    assert read_hdu(tree, entry, "")[1:] == (0, 0, False)
    tree, entry = stored(tmp_path, compressed(16))
    found = read_hdu(tree, entry, "", own_tiles=True)
    assert (found.image.header.bitpix, *found[1:]) == (16, 0, 0, False)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", SourceDamaged),
        (b"<html>", SourceDamaged),
        (IMAGE[:-3000], SourceDamaged),
        (gzipped(IMAGE[:-3000]), SourceDamaged),
        (gzipped(IMAGE)[:-3000], SourceDamaged),
        (compressed(16)[:-4000], SourceDamaged),
        (IMAGE + b"x", SourceDamaged),
        (gzipped(extensions())[:-3], SourceDamaged),
        (fits.Header({"SIMPLE": True, "BITPIX": 8, "NAXIS": 0}).tostring().encode(), SourceUnsupported),
    ],
)
def test_what_cannot_be_delivered_is_told(tmp_path: Path, content: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        read_hdu(*stored(tmp_path, content), "")
