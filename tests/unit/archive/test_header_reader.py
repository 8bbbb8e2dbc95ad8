"""Headers are read from the first bytes of a file, and say what astropy reads from the whole."""

from __future__ import annotations

import gzip
import random
import tracemalloc
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from astropy.io import fits

from skybatch.archive.header_reader import check_identity, pixel_grid, read_header, read_tile_table
from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.header import Header
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.trees import Entry
from skybatch.surveys.image_id import ScanImageId as ImageId
from tests.support.images.fits_files import CardValue, gzipped, make_image

IMAGE = ImageId("askyw", "001126", "n", 101, 9, "j")
CARDS: dict[str, CardValue | None] = {"FILTER": "j", "ORDATE": "001126", "SCANNO": 101, "TELNAME": "Hopkins"}


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    return DirectoryTree(tmp_path)


def plain(cards: Mapping[str, CardValue | None] | None = None) -> bytes:
    return make_image(ra=83.8, dec=-6.0, nx=64, ny=96, cards={**CARDS, **(cards or {})})


def put(tree: DirectoryTree, content: bytes) -> Entry:
    tree.write("image", content)
    return Entry("image", len(content), 0)


def header_of(tree: DirectoryTree, cards: Mapping[str, CardValue | None] | None = None) -> Header:
    return read_header(tree, put(tree, plain(cards)))


@pytest.mark.parametrize("compress", [gzipped, bytes], ids=["gzip", "plain"])
def test_grid_and_size_are_those_that_astropy_reads(tree: DirectoryTree, compress: object) -> None:
    content = plain()
    stored = gzipped(content) if compress is gzipped else content
    header = read_header(tree, put(tree, stored))
    theirs = fits.getheader(BytesIO(content))
    assert (header.naxis1, header.naxis2) == (theirs["NAXIS1"], theirs["NAXIS2"])
    assert pixel_grid(header) == pytest.approx({name: theirs[name.upper()] for name in pixel_grid(header)})


def test_a_header_beyond_the_first_request_is_read(tree: DirectoryTree) -> None:
    long = {f"LONG{n}": "x" * 60 for n in range(400)}
    assert header_of(tree, long).get("LONG399") == "x" * 60


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>not an image</html>",
        plain()[:-2880],
        gzipped(plain())[:-100],
        gzip.compress(plain()[:-2880]),
        b"\x1f\x8b\x08 no gzip after all",
    ],
    ids=["empty", "page", "plain cut", "gzip cut", "gzip of less", "no gzip"],
)
def test_what_is_not_a_whole_image_is_damaged(tree: DirectoryTree, content: bytes) -> None:
    with pytest.raises(SourceDamaged):
        read_header(tree, put(tree, content))


@pytest.mark.parametrize("compress", [gzipped, bytes], ids=["gzip", "plain"])
def test_a_file_of_several_hdus_is_unsupported_not_truncated(
    tree: DirectoryTree, compress: Callable[[bytes], bytes]
) -> None:
    stored = compress(plain() + b"XTENSION= 'IMAGE   '".ljust(2880))
    with pytest.raises(SourceUnsupported, match="extensions"):
        read_header(tree, put(tree, stored))


def test_several_gzip_members_are_one_file(tree: DirectoryTree) -> None:
    stored = gzipped(plain()[:20_000]) + gzipped(plain()[20_000:])
    assert read_header(tree, put(tree, stored)).naxis2 == 96


def test_a_tile_table_lies_within_its_file(tree: DirectoryTree) -> None:
    packed = compress_tiled(gzipped(plain()))
    table = read_tile_table(tree, put(tree, packed.content))
    assert (table.table_offset, table.heap_offset) == (packed.table_offset, packed.heap_offset)
    assert table.header.naxis2 == 96
    with pytest.raises(SourceDamaged):
        read_tile_table(tree, put(tree, packed.content[: packed.heap_offset + 10]))


@pytest.mark.parametrize(
    "cards", [{"FILTER": "k"}, {"ORDATE": "001127"}, {"SCANNO": 102}, {"TELNAME": "CTIO"}]
)
def test_the_identity_is_that_of_the_path(tree: DirectoryTree, cards: dict[str, CardValue | None]) -> None:
    check_identity(header_of(tree), IMAGE)
    with pytest.raises(SourceUnsupported):
        check_identity(header_of(tree, cards), IMAGE)


@pytest.mark.parametrize(
    "cards",
    [
        {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"},
        {"CRVAL1": None},
        {"CRVAL2": 95.0},
        {"CDELT1": 0.0},
        {"CDELT1": -2.0},
        {"CD1_1": -0.0002},
        {"RADESYS": "FK4", "EQUINOX": 1950.0},
    ],
)
def test_grids_that_we_do_not_compute_are_unsupported(
    tree: DirectoryTree, cards: dict[str, CardValue | None]
) -> None:
    with pytest.raises(SourceUnsupported):
        pixel_grid(header_of(tree, cards))


def test_headers_that_inflate_without_end_take_no_memory(tree: DirectoryTree) -> None:
    bomb = gzip.compress(b"SIMPLE  =" + bytes(300 << 20))
    assert len(bomb) < 400_000
    entry = put(tree, bomb)
    tracemalloc.start()
    try:
        with pytest.raises(SourceDamaged):
            read_header(tree, entry)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


def test_a_compressed_file_of_another_length_is_read_up_to_the_size_of_an_image(tree: DirectoryTree) -> None:
    entry = put(tree, gzipped(plain()) + random.Random(1).randbytes(66 << 20))
    with pytest.raises(SourceUnsupported, match="bytes of memory"):
        read_header(tree, entry)


def test_an_empty_file_is_called_empty(tree: DirectoryTree) -> None:
    with pytest.raises(SourceDamaged, match="the file is empty"):
        read_header(tree, put(tree, b""))
