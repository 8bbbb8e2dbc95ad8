"""Lossless tiles read: whole files of every form, and damage that is one typed error, never wrong pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from skybatch.errors import SourceError
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.readers import PlainReader
from skybatch.fits.stored_file import read_stored_header
from skybatch.fits.tiles.gzip2_reader import (
    decompress_image,
    decompress_tiled,
    is_tiled,
    read_gzip2_table,
    read_tiles,
    tile_checksum,
    tiles_of,
)
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.fits.tiles.table_writer import TiledFile
from skybatch.imaging.tiled_cutout import cut_tiled
from tests.support.images.fits_files import gzipped, make_image
from tests.support.images.tiled_images import BOX, IMAGE, ORIGIN, TILED, Stored


@pytest.mark.parametrize("stored", [IMAGE, gzipped(IMAGE), TILED.content], ids=["plain", "gzip", "tiled"])
def test_every_lossless_form_gives_the_plain_file_back(stored: bytes) -> None:
    assert decompress_image(stored) == IMAGE
    assert is_tiled(stored) == (stored == TILED.content)


def test_tiles_of_boxes_come_each_once_and_in_order() -> None:
    table = read_gzip2_table(PlainReader(TILED.content), len(TILED.content))
    assert tiles_of(table, [PixelBox(0, 90, 5, 30), BOX, BOX]) == [1, 2, 3]
    assert tiles_of(table, []) == []


def test_a_checksum_is_that_of_one_tile_of_one_image() -> None:
    header, other = (
        read_stored_header(make_image(nx=100, ny=120, seed=1, cards=c)) for c in ({}, {"SCANNO": 7})
    )
    values = [tile_checksum(header, 0), tile_checksum(header, 1), tile_checksum(other, 0)]
    assert len(set(values)) == 3
    assert all(len(value) == 4 for value in values)


def test_tiles_that_lie_near_one_another_come_by_one_request() -> None:
    stored = Stored(TILED.content)
    table = read_gzip2_table(PlainReader(TILED.content), len(TILED.content))
    pixels = read_tiles(stored.read_range, table, [0, 2, 3])
    assert sorted(pixels.tiles) == [0, 2, 3]
    assert stored.reads == [(table.heap_offset, table.end - table.heap_offset)]


def outcome(file: bytes, box: PixelBox = BOX) -> list[bytes] | str:
    """The crops, or the code of the error that is allowed instead."""
    try:
        return Stored(file).crops([box])
    except SourceError as error:
        return error.code


def test_no_flipped_bit_anywhere_gives_other_pixels_or_another_header() -> None:
    right = outcome(TILED.content)
    random = np.random.default_rng(66)
    flipped = {"same": 0, "refused": 0}
    for place in random.integers(len(TILED.content), size=6000).tolist():
        file = bytearray(TILED.content)
        file[place] ^= 1 << int(random.integers(8))
        found = outcome(bytes(file))
        assert found == right or isinstance(found, str), f"byte {place}"
        flipped["refused" if isinstance(found, str) else "same"] += 1
    assert min(flipped.values()) > 100


def test_every_flipped_bit_of_a_tile_in_use_is_found() -> None:
    second = range(TILED.heap_offset + tile_bytes(0), TILED.heap_offset + tile_bytes(0) + tile_bytes(1))
    for place in second[10::7]:  # behind the fixed bytes of gzip's header, two of which mean nothing
        file = bytearray(TILED.content)
        file[place] ^= 0x10
        assert outcome(bytes(file)) == "source_damaged", place


def descriptors() -> list[bytes]:
    return [TILED.content[at : at + 8] for at in range(TILED.table_offset, TILED.heap_offset, 8)]


def tile_bytes(tile: int) -> int:
    return int.from_bytes(descriptors()[tile][:4], "big")


def with_table(rows: list[bytes], packed: TiledFile = TILED) -> bytes:
    return packed.content[: packed.table_offset] + b"".join(rows) + packed.content[packed.heap_offset :]


def place(length: int, start: int) -> bytes:
    return length.to_bytes(4, "big") + start.to_bytes(4, "big")


LIES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "two rows swapped": lambda rows: [rows[1], rows[0], *rows[2:]],
    "a tile twice": lambda rows: [rows[0], rows[0], *rows[2:]],
    "shifted": lambda rows: [*rows[1:], rows[0]],
    "all empty": lambda rows: [place(0, 0)] * 4,
    "beyond the heap": lambda rows: [*rows[:-1], place(2**31 - 1, 0)],
    "before the heap": lambda rows: [rows[0], place(tile_bytes(1), 2**32 - 9), *rows[2:]],
    # Consecutive and within the heap, yet the second row is now the third tile.
    "a tile swallowed": lambda rows: [
        place(tile_bytes(0) + tile_bytes(1), 0),
        rows[2],
        place(tile_bytes(3) // 2, tile_bytes(0) + tile_bytes(1) + tile_bytes(2)),
        place(9, tile_bytes(0) + tile_bytes(1) + tile_bytes(2) + tile_bytes(3) // 2),
    ],
}


@pytest.mark.parametrize("lie", LIES)
def test_a_table_that_lies_is_one_error(lie: str) -> None:
    assert outcome(with_table(LIES[lie](descriptors()))) == "source_damaged"


def test_sound_tiles_in_the_wrong_place_or_image_are_refused() -> None:
    sizes = [tile_bytes(tile) for tile in range(4)]
    heap = TILED.content[TILED.heap_offset : TILED.heap_offset + sum(sizes)]
    first, second, rest = heap[: sizes[0]], heap[sizes[0] : sum(sizes[:2])], heap[sum(sizes[:2]) :]
    rows = [place(sizes[1], 0), place(sizes[0], sizes[1]), *descriptors()[2:]]
    exchanged = TILED.content[: TILED.table_offset] + b"".join((*rows, second, first, rest))
    assert outcome(exchanged) == "source_damaged"
    other = compress_tiled(make_image(nx=100, ny=120, cards={"SCANNO": 107}))
    assert len(other.content) == len(TILED.content)
    mixed = TILED.content[: TILED.table_offset] + other.content[other.table_offset :]
    assert outcome(mixed) == "source_damaged"


def test_a_file_cut_short_anywhere_is_one_error() -> None:
    whole = Stored(TILED.content)
    whole.crops([BOX])
    for length in [
        *range(0, TILED.heap_offset, 97),
        *range(TILED.heap_offset, len(TILED.content) - 2880, 61),
    ]:
        assert outcome(TILED.content[:length]) in ("source_damaged", "source_unsupported"), length
        # The same where the size is believed and the bytes do not come.
        with pytest.raises(SourceError):
            list(
                cut_tiled(
                    Stored(TILED.content[: min(length, TILED.heap_offset)]).read_range, 10**6, [BOX], ORIGIN
                )
            )


CLAIMS = {
    "ten gigabytes": (b"ZNAXIS2 =                  120", b"ZNAXIS2 =           2500000000"),
    "tiles without rows": (b"ZTILE2  =                   32", b"ZTILE2  =                    0"),
    "higher tiles": (b"ZTILE2  =                   32", b"ZTILE2  =                   33"),
    "narrower image": (b"ZNAXIS1 =                  100", b"ZNAXIS1 =                   99"),
    "a table of a terabyte": (b"NAXIS1  =                    8", b"NAXIS1  =        1000000000000"),
    "no rows": (b"NAXIS2  =                    4", b"NAXIS2  =                    0"),
    "another method": (b"'GZIP_2  '", b"'RICE_1  '"),
    "integers": (b"ZBITPIX =                  -32", b"ZBITPIX =                   32"),
    "no heap": (b"PCOUNT  =  ", b"PCOUNT  = -"),
    "columns of tiles": (b"ZTILE1  =                  100", b"ZTILE1  =                   50"),
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_header_that_lies_is_one_error(claim: str) -> None:
    old, new = CLAIMS[claim]
    assert TILED.content.count(old) >= 1
    assert outcome(TILED.content.replace(old, new, 1)) in ("source_damaged", "source_unsupported")


@pytest.mark.parametrize(
    "body", [b"", b"<html>", IMAGE, gzipped(IMAGE)], ids=["empty", "page", "plain", "gzip"]
)
def test_other_files_are_refused(body: bytes) -> None:
    assert outcome(body) in ("source_damaged", "source_unsupported")
    with pytest.raises(SourceError):
        decompress_tiled(body)
