"""Write tile-compressed images (FITS standard 4.0, section 10): one binary table behind an empty primary HDU.

The cards of the image stand in the table's header as they were, the mandatory ones under their Z names
(section 10.1.1), so that cfitsio's ``funpack -C`` and our own reader give back the original file. Nothing
is added that would show in it: no checksums, no name of the extension.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skybatch.errors import SourceUnsupported
from skybatch.fits.header import Header, closed, end_of_cards, parse
from skybatch.fits.pixel_box import BLOCK, CARD, padded
from skybatch.fits.stored_file import decompress_untiled
from skybatch.fits.tiles.gzip2 import BITPIX, COMPRESSION, plain_tiled, stamp
from skybatch.fits.tiles.tile_table import KEPT, RENAMED

# A quarter of a row wide: a crop then inflates a third of what whole rows take, for one byte in fifty more.
TILE_ROWS, TILE_COLUMNS = 32, 128
_LEVEL = 6  # 45 ms an image; level 9 takes three times that for 0.2 % less
_GZIP = 31  # zlib's window bits for gzip members
_DESCRIPTOR = 8  # bytes of a 1P descriptor: length and offset (section 7.3.5)
_PRIMARY = (
    b"SIMPLE  =                    T / file conforms to the FITS standard",
    b"BITPIX  =                    8 / no data here",
    b"NAXIS   =                    0 / the image is in the extension",
    b"EXTEND  =                    T / there are extensions",
)


@dataclass(frozen=True)
class Packed:
    """A tiled file, and where its table of tiles and its heap begin, in bytes."""

    file: bytes
    table: int
    heap: int


def pack(source: bytes) -> Packed:
    """A stored Atlas image, gzip or plain, in tiles of 32 x 128 pixels, lossless.

    What was written is read again: ``plain_tiled`` gives the plain file back byte for byte, or
    SourceUnsupported is raised, as for headers that the form cannot hold. Raises SourceDamaged too.
    """
    whole = decompress_untiled(source)
    header = parse(whole[: end_of_cards(whole)])
    if header.bitpix != BITPIX:
        raise SourceUnsupported(f"BITPIX {header.bitpix}; Atlas images have {BITPIX}")
    tiles = _tiles(memoryview(whole)[header.blocks * BLOCK :], header)
    streams = [_deflated(data, stamp(header, tile)) for tile, data in enumerate(tiles)]
    packed = write_tiles(header, streams, (TILE_ROWS, TILE_COLUMNS), _lossless())
    if plain_tiled(packed.file) != whole:
        raise SourceUnsupported("the tiled form does not give this file back as it is")
    return packed


def write_tiles(
    header: Header, streams: Sequence[bytes], tile: tuple[int, int], how: Iterator[bytes]
) -> Packed:
    """The file of an image in tiles of (rows, columns), with their streams in order and more cards."""
    table = [*_table_cards(header, streams, tile), *how, *_image_cards(header)]
    front = closed(_joined(_PRIMARY)) + closed(_joined(table))
    places, offset = [], 0
    for stream in streams:
        places.append(len(stream).to_bytes(4, "big") + offset.to_bytes(4, "big"))
        offset += len(stream)
    data = b"".join((*places, *streams))
    file = b"".join((front, data, bytes(padded(len(data)) - len(data))))
    return Packed(file, len(front), len(front) + _DESCRIPTOR * len(streams))


def _tiles(pixels: memoryview, header: Header) -> Iterator[bytes]:
    """The tiles of an image of 32-bit pixels, their bytes shuffled (section 10.4.2)."""
    step, wide = TILE_ROWS * header.row_bytes, header.naxis1
    for start in range(0, header.data_bytes, step):
        band = bytes(pixels[start : min(start + step, header.data_bytes)])
        planes = [band[byte::4] for byte in range(4)]
        for left in range(0, wide, TILE_COLUMNS):
            columns = min(TILE_COLUMNS, wide - left)
            rows = range(left, len(planes[0]), wide)
            yield b"".join([plane[at : at + columns] for plane in planes for at in rows])


def _deflated(tile: bytes, its_stamp: bytes) -> bytes:
    """A tile as one gzip member."""
    stream = zlib.compress(tile, _LEVEL, _GZIP)
    return stream[:4] + its_stamp + stream[8:]


def _table_cards(header: Header, streams: Sequence[bytes], tile: tuple[int, int]) -> Iterator[bytes]:
    """The table's own cards (sections 7.3.1 and 10.1.1)."""
    yield b"XTENSION= 'BINTABLE'           / binary table extension"
    yield number_card("BITPIX", 8, "8-bit bytes")
    yield number_card("NAXIS", 2, "2-dimensional binary table")
    yield number_card("NAXIS1", _DESCRIPTOR, "bytes of a row of the table")
    yield number_card("NAXIS2", len(streams), "number of tiles")
    yield number_card("PCOUNT", sum(map(len, streams)), "bytes of the compressed tiles")
    yield number_card("GCOUNT", 1, "one data group")
    yield number_card("TFIELDS", 1, "columns of the table")
    yield text_card("TTYPE1", "COMPRESSED_DATA", "a tile")
    yield text_card("TFORM1", f"1PB({max(map(len, streams))})", "variable-length bytes")
    yield b"ZIMAGE  =                    T / this is a compressed image"
    yield number_card("ZTILE1", min(tile[1], header.naxis1), "columns of a tile")
    yield number_card("ZTILE2", min(tile[0], header.naxis2), "rows of a tile")


def _lossless() -> Iterator[bytes]:
    yield text_card("ZCMPTYPE", COMPRESSION, "bytes of the pixels shuffled, then gzip")
    yield text_card("ZQUANTIZ", "NONE", "lossless")


def _image_cards(header: Header) -> Iterator[bytes]:
    """The image's cards in their order, names of the table's own given their Z names."""
    names = {new: old for old, new in (RENAMED | KEPT).items()}
    for start in range(0, len(header.cards), CARD):
        card = header.cards[start : start + CARD]
        yield names.get(card[:8], card[:8]) + card[8:]


def number_card(keyword: str, number: int, comment: str) -> bytes:
    """Return a card of an integer in fixed format, up to the end of its comment."""
    return f"{keyword:<8}= {number:>20}{comment and f' / {comment}'}".encode()


def text_card(keyword: str, text: str, comment: str) -> bytes:
    """Return a card of a string in fixed format, up to the end of its comment."""
    quoted = f"'{text:<8}'"
    return f"{keyword:<8}= {quoted:<20} / {comment}".encode()


def _joined(cards: Sequence[bytes]) -> bytes:
    return b"".join(card.ljust(CARD) for card in cards)
