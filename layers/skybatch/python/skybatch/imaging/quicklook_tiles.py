"""Quicklooks as tile-compressed FITS: HCOMPRESS_1 tiles of whole rows (FITS standard 4.0, section 10.4.4)."""

from __future__ import annotations

from collections.abc import Iterator

from skybatch.fits.header import parse_header
from skybatch.fits.tiles import hcompress
from skybatch.fits.tiles.table_writer import TiledFile, number_card, text_card, write_tiled_file
from skybatch.imaging.quicklook import round_to_int16

TILE_ROWS = 16
# What is left of a side of tiles after whole ones must be nothing or 4 rows, cfitsio's least for HCOMPRESS;
# it tries these heights in this order.
_HEIGHTS = (TILE_ROWS, 24, 20, 30, 28, 26, 22, 18, 14)


def compress_quicklook_tiles(image: bytes, scale: int) -> TiledFile:
    """Compress a stored image of floats to a Quicklook in HCOMPRESS_1 tiles of 16 whole rows.

    Pixels are those of ``quicklook.round_to_int16``. Where 16 rows would leave a last tile of fewer than
    4, which HCOMPRESS does not take, all tiles are as high as cfitsio makes them then.

    Raises SourceDamaged, SourceUnsupported.
    """
    cards, pixels = round_to_int16(image)
    header = parse_header(cards)
    rows = tile_rows(header.naxis2)
    streams = [
        hcompress.encode(pixels[first : first + rows], scale) for first in range(0, header.naxis2, rows)
    ]
    return write_tiled_file(header, streams, (rows, header.naxis1), _compression_cards(scale))


def tile_rows(naxis2: int) -> int:
    """Return the rows of a tile for an image of ``naxis2`` rows."""
    if naxis2 < min(_HEIGHTS):
        return naxis2
    fitting = (rows for rows in _HEIGHTS if not 0 < naxis2 % rows < hcompress.MIN_SIDE)
    return min(next(fitting, naxis2), naxis2)


def _compression_cards(scale: int) -> Iterator[bytes]:
    yield text_card("ZCMPTYPE", "HCOMPRESS_1", "lossy")
    yield text_card("ZNAME1", "SCALE", "of the coefficients")
    yield number_card("ZVAL1", scale)
    yield text_card("ZNAME2", "SMOOTH", "when decompressed")
    yield number_card("ZVAL2", 0)
