"""Write tile-compressed images (FITS standard 4.0, section 10): one binary table behind an empty primary HDU.

The cards of the image stand in the table's header as they were, the mandatory ones under their Z names
(section 10.1.1), so that cfitsio's ``funpack -C`` and our own reader give back the original file. Nothing
is added that would show in it: no checksums, no name of the extension.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skybatch.fits.blocks import CARD_BYTES, padded
from skybatch.fits.cards import KEYWORD_BYTES
from skybatch.fits.header import Header, with_end
from skybatch.fits.tiles.table_header import MANDATORY_NAMES, RESERVED_NAMES

_DESCRIPTOR_BYTES = 8  # a 1P descriptor: length and offset (section 7.3.5)
_PRIMARY_CARDS = (
    b"SIMPLE  =                    T / file conforms to the FITS standard",
    b"BITPIX  =                    8 / no data here",
    b"NAXIS   =                    0 / the image is in the extension",
    b"EXTEND  =                    T / there are extensions",
)


@dataclass(frozen=True)
class TiledFile:
    """A tile-compressed FITS file, and where its table of tiles and its heap begin, in bytes."""

    content: bytes
    table_offset: int
    heap_offset: int


def write_tiled_file(
    header: Header, streams: Sequence[bytes], tile_shape: tuple[int, int], compression: Iterator[bytes]
) -> TiledFile:
    """Write the file of an image in tiles.

    Parameters
    ----------
    header
        The image's header, as if it were stored plain.
    streams
        The compressed tiles, by rows of tiles, the bottom left one first.
    tile_shape
        (rows, columns) of a tile.
    compression
        Cards that describe the compression.
    """
    table = [*_table_cards(header, streams, tile_shape), *compression, *_image_cards(header)]
    front = with_end(_join_cards(_PRIMARY_CARDS)) + with_end(_join_cards(table))
    descriptors, offset = [], 0
    for stream in streams:
        descriptors.append(len(stream).to_bytes(4, "big") + offset.to_bytes(4, "big"))
        offset += len(stream)
    data = b"".join((*descriptors, *streams))
    content = b"".join((front, data, bytes(padded(len(data)) - len(data))))
    return TiledFile(content, len(front), len(front) + _DESCRIPTOR_BYTES * len(streams))


def number_card(keyword: str, number: int, comment: str = "") -> bytes:
    """Return a card of an integer in fixed format, up to the end of its comment."""
    return f"{keyword:<8}= {number:>20}{comment and f' / {comment}'}".encode()


def text_card(keyword: str, text: str, comment: str) -> bytes:
    """Return a card of a string in fixed format, up to the end of its comment."""
    quoted = f"'{text:<8}'"
    return f"{keyword:<8}= {quoted:<20} / {comment}".encode()


def _table_cards(header: Header, streams: Sequence[bytes], tile_shape: tuple[int, int]) -> Iterator[bytes]:
    """Yield the table's own cards (sections 7.3.1 and 10.1.1)."""
    yield b"XTENSION= 'BINTABLE'           / binary table extension"
    yield number_card("BITPIX", 8, "8-bit bytes")
    yield number_card("NAXIS", 2, "2-dimensional binary table")
    yield number_card("NAXIS1", _DESCRIPTOR_BYTES, "bytes of a row of the table")
    yield number_card("NAXIS2", len(streams), "number of tiles")
    yield number_card("PCOUNT", sum(map(len, streams)), "bytes of the compressed tiles")
    yield number_card("GCOUNT", 1, "one data group")
    yield number_card("TFIELDS", 1, "columns of the table")
    yield text_card("TTYPE1", "COMPRESSED_DATA", "a tile")
    yield text_card("TFORM1", f"1PB({max(map(len, streams))})", "variable-length bytes")
    yield b"ZIMAGE  =                    T / this is a compressed image"
    yield number_card("ZTILE1", min(tile_shape[1], header.naxis1), "columns of a tile")
    yield number_card("ZTILE2", min(tile_shape[0], header.naxis2), "rows of a tile")


def _image_cards(header: Header) -> Iterator[bytes]:
    """Yield the image's cards in their order, those that the table has too under their Z names."""
    names = {image: table for table, image in (MANDATORY_NAMES | RESERVED_NAMES).items()}
    for start in range(0, len(header.cards), CARD_BYTES):
        card = header.cards[start : start + CARD_BYTES]
        yield names.get(card[:KEYWORD_BYTES], card[:KEYWORD_BYTES]) + card[KEYWORD_BYTES:]


def _join_cards(cards: Sequence[bytes]) -> bytes:
    return b"".join(card.ljust(CARD_BYTES) for card in cards)
