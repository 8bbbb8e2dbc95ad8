"""Quicklook images: lossy 16-bit versions of survey images, in both forms that archives store.

A Quicklook is stored as the original program wrote it (``.fits.H``: the image's cards up to END, unpadded,
and directly behind them one HCOMPRESS stream) or as a tile-compressed FITS file. The content tells which.
Everything made from either says in its header that it is lossy: for positions and looking, not for
photometry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from skybatch.errors import SourceUnsupported
from skybatch.fits.blocks import CARD_BYTES, padded
from skybatch.fits.cards import parse_value, string_cards, with_number
from skybatch.fits.header import Header, HeaderCheck, accept_any, find_end, parse_header, with_end
from skybatch.fits.limits import MAX_IMAGE_BYTES, check_image_bytes
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.readers import (
    FITS_MAGIC,
    GZIP_MAGIC,
    GzipReader,
    PlainReader,
    RangedReader,
    Reader,
    ReadRange,
    not_fits,
)
from skybatch.fits.rows import PixelRows, cutout_file, fits_file
from skybatch.fits.tiles import hcompress
from skybatch.fits.tiles.cfitsio import PixelArray
from skybatch.fits.tiles.gzip2_reader import decompress_image
from skybatch.fits.tiles.hcompress_reader import HcompressImage, open_hcompress_image, to_int16
from skybatch.fits.tiles.tile_table import FRONT_BYTES

SCALE = 4  # what the survey's own Quicklooks are compressed with
_NOTE = b"COMMENT Quicklook, lossy: for positions and looking, not for photometry.".ljust(CARD_BYTES)


@dataclass(frozen=True)
class StreamImage:
    """A Quicklook of the original program: one stream, which can only be decoded whole."""

    header: Header
    stream: bytes

    @property
    def scale(self) -> int:
        """The scale by which its coefficients were divided."""
        return hcompress.stream_scale(self.stream)

    def rows(self, first: int, last: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
        """Return pixels of the rows ``first`` to before ``last``, shape (rows, columns), big-endian."""
        pixels = hcompress.decode(self.stream, self.header.naxis2, self.header.naxis1)
        return to_int16(pixels[first:last])


def decompress_quicklook(source: bytes) -> bytes:
    """Return the whole Quicklook as plain FITS, BITPIX 16, its header as stored and marked as lossy.

    Raises SourceDamaged, SourceUnsupported.
    """
    image = _open_image(source)
    head = with_end(image.header.cards + _lossy_cards(image))
    return fits_file(image.header, head, _pixel_bytes(image, 0, image.header.naxis2))


def cut_quicklook(
    source: bytes, boxes: Sequence[PixelBox], origin: Origin, check: HeaderCheck = accept_any
) -> Iterator[bytes]:
    """Cut one Quicklook to plain FITS files, BITPIX 16; otherwise as ``cutout.cut``, errors too."""
    return _cut(_open_image(source), boxes, origin, check)


def cut_quicklook_ranged(
    read_range: ReadRange,
    size: int,
    boxes: Sequence[PixelBox],
    origin: Origin,
    check: HeaderCheck = accept_any,
) -> Iterator[bytes]:
    """Cut a stored Quicklook of ``size`` bytes that is read by ranges.

    Of a tile-compressed file only its headers, its table and the tiles from the lowest row wanted to the
    highest are read; a file of the original program is read whole. Otherwise as ``cut_quicklook``.
    """
    reader = RangedReader(read_range, size, FRONT_BYTES)
    start = reader.read(3 * CARD_BYTES)
    if not start.startswith(FITS_MAGIC) or parse_value(start[2 * CARD_BYTES :]) != 0:
        check_image_bytes(size)
        return cut_quicklook(read_range(0, size), boxes, origin, check)
    reader.seek(0)
    return _cut(_tiled_image(reader, reader.range), boxes, origin, check)


def _cut(
    image: StreamImage | HcompressImage, boxes: Sequence[PixelBox], origin: Origin, check: HeaderCheck
) -> Iterator[bytes]:
    header = image.header
    check(header)
    header.check(boxes)
    first = min((box.y0 for box in boxes), default=0)
    last = max((box.y0 + box.ny for box in boxes), default=0)
    rows = PixelRows(_pixel_bytes(image, first, last), first, last, header)
    lossy = _lossy_cards(image)
    return (cutout_file(header, rows, box, origin.cards(box) + lossy) for box in boxes)


def read_quicklook_header(source: bytes) -> Header:
    """Read the header of a stored Quicklook, as that of the plain image it stands for.

    Raises SourceDamaged, SourceUnsupported.
    """
    return _open_image(source).header


def compress_quicklook(image: bytes, scale: int = SCALE) -> bytes:
    """Compress a stored image of floats to the bytes that the original program writes.

    Pixels are those of ``round_to_int16``.

    Raises SourceDamaged, SourceUnsupported.
    """
    cards, pixels = round_to_int16(image)
    return cards + b"END".ljust(CARD_BYTES) + hcompress.with_32bit_sum(hcompress.encode(pixels, scale))


def round_to_int16(image: bytes) -> tuple[bytes, PixelArray]:
    """Return cards and pixels, shape (rows, columns), of the Quicklook of a stored image of floats.

    Pixels are rounded to the nearest integer (halves to even), clipped to 16 bits; NaNs become 0.

    Raises SourceDamaged, SourceUnsupported.
    """
    plain = decompress_image(image)
    header = parse_header(plain[: find_end(plain)])
    if header.bitpix not in (-32, -64):
        raise SourceUnsupported(f"Quicklooks are made of float images, not of BITPIX {header.bitpix}")
    if min(header.naxis1, header.naxis2) < hcompress.MIN_SIDE:
        raise SourceUnsupported("HCOMPRESS takes no images with a side of less than 4 pixels")
    start = padded(len(header.cards) + CARD_BYTES)
    floats = np.frombuffer(plain, f">f{-header.bitpix // 8}", header.naxis1 * header.naxis2, start)
    whole_numbers = np.rint(np.nan_to_num(floats, posinf=np.inf, neginf=-np.inf))
    pixels = np.clip(whole_numbers, -32768, 32767).astype(np.int32).reshape(header.naxis2, header.naxis1)
    bitpix = with_number(header.cards[CARD_BYTES : 2 * CARD_BYTES], "16")
    return header.cards[:CARD_BYTES] + bitpix + header.cards[2 * CARD_BYTES :], pixels


def _open_image(source: bytes) -> StreamImage | HcompressImage:
    if source.startswith(GZIP_MAGIC):
        source = GzipReader(source).read(MAX_IMAGE_BYTES)
    if not source.startswith(FITS_MAGIC):
        raise not_fits(source, "not a Quicklook")
    end = find_end(source)
    tiled = not source.startswith(hcompress.MAGIC, end + CARD_BYTES)
    if tiled:
        return _tiled_image(PlainReader(source), lambda first, length: source[first : first + length])
    image = _stream_image(source, end)
    check_image_bytes(4 * image.header.naxis1 * image.header.naxis2)
    return image


def _tiled_image(reader: Reader, read_range: ReadRange) -> HcompressImage:
    image = open_hcompress_image(reader, read_range)
    check_image_bytes(4 * image.header.naxis1 * image.header.naxis2)
    return image


def _stream_image(source: bytes, end: int) -> StreamImage:
    header = parse_header(source[:end])
    if header.bitpix != 16:
        raise SourceUnsupported(f"a Quicklook has BITPIX 16, not {header.bitpix}")
    return StreamImage(header, hcompress.with_64bit_sum(memoryview(source)[end + CARD_BYTES :]))


def _pixel_bytes(image: StreamImage | HcompressImage, first: int, last: int) -> memoryview:
    """Return the rows ``first`` to before ``last`` as they stand in a FITS file."""
    return image.rows(first, last).view(np.uint8).reshape(-1).data


def _lossy_cards(image: StreamImage | HcompressImage) -> bytes:
    text = f"HCOMPRESS scale {image.scale}"
    return string_cards("LOSSY", text, "compression this image went through") + _NOTE
