"""Quicklook images: lossy 16-bit versions of survey images, in both forms that archives store.

Form 1 is the original program's: the image's cards up to END, unpadded, and at once the HCOMPRESS stream.
Form 2 is a tile-compressed FITS file. Which it is, is told by content. Everything made from either says in
its header that it is lossy: for positions and looking, not for photometry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.cards import string_cards, value, with_number
from skybatch.fits.header import Header, closed, end_of_cards, parse
from skybatch.fits.limits import MAX_IMAGE_BYTES, check_image_bytes
from skybatch.fits.pixel_box import CARD, PixelBox, padded
from skybatch.fits.provenance import Origin
from skybatch.fits.readers import (
    FITS_MAGIC,
    GZIP_MAGIC,
    GzipReader,
    PlainReader,
    RangedReader,
    Reader,
    ReadRange,
)
from skybatch.fits.rows import Rows, cutout_file, fits_file
from skybatch.fits.tiles import hcompress
from skybatch.fits.tiles.gzip2 import whole
from skybatch.fits.tiles.hcompress_image import TiledImage, open_tiles, to_int16
from skybatch.fits.tiles.tile_table import FRONT_BYTES

SCALE = 4  # what the survey's own Quicklooks are compressed with
_NOTE = b"COMMENT Quicklook, lossy: for positions and looking, not for photometry.".ljust(CARD)


@dataclass(frozen=True)
class StreamImage:
    """Form 1: one stream that has no partial decoding."""

    header: Header
    stream: bytes

    @property
    def scale(self) -> int:
        """The scale by which its coefficients were divided."""
        return hcompress.scale_of(self.stream)

    def rows(self, first: int, last: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
        """Pixels of the rows ``first`` to before ``last``, shape (rows, columns), big-endian."""
        frame = hcompress.decode(self.stream, self.header.naxis2, self.header.naxis1)
        return to_int16(frame[first:last])


def restore(source: bytes) -> bytes:
    """The whole Quicklook as plain FITS, BITPIX 16, the header as stored but for what marks it as lossy.

    Raises SourceDamaged, SourceUnsupported.
    """
    image = _opened(source)
    head = closed(image.header.cards + _lossy(image))
    return fits_file(image.header, head, _bytes(image, 0, image.header.naxis2))


def cut_quicklook(source: bytes, boxes: Sequence[PixelBox], origin: Origin) -> Iterator[bytes]:
    """Cutouts of one Quicklook as plain FITS, BITPIX 16; otherwise as ``atlas.cut``, errors too."""
    return _cut(_opened(source), boxes, origin)


def cut_quicklook_ranged(
    read_range: ReadRange, size: int, boxes: Sequence[PixelBox], origin: Origin
) -> Iterator[bytes]:
    """Cutouts of a stored Quicklook of ``size`` bytes that is read by ranges.

    Of the tile-compressed form only its front is read and the tiles from the lowest row wanted to the
    highest; a file that turns out to have the other form is read whole. Otherwise as ``cut_quicklook``.
    """
    opened = RangedReader(read_range, size, FRONT_BYTES)
    start = opened.read(3 * CARD)
    if not start.startswith(FITS_MAGIC) or value(start[2 * CARD :]) != 0:
        check_image_bytes(size)
        return cut_quicklook(read_range(0, size), boxes, origin)
    opened.seek(0)
    return _cut(_tiled_image(opened, opened.range), boxes, origin)


def _cut(image: StreamImage | TiledImage, boxes: Sequence[PixelBox], origin: Origin) -> Iterator[bytes]:
    header = image.header
    header.check(boxes)
    first = min((box.y0 for box in boxes), default=0)
    last = max((box.y0 + box.ny for box in boxes), default=0)
    rows = Rows(_bytes(image, first, last), first, last, header)
    lossy = _lossy(image)
    return (cutout_file(header, rows, box, origin.cards(box) + lossy) for box in boxes)


def header_of(source: bytes) -> Header:
    """The header of a Quicklook in either form, as that of the plain image it stands for.

    Raises SourceDamaged, SourceUnsupported.
    """
    return _opened(source).header


def encode(image: bytes, scale: int = SCALE) -> bytes:
    """A Quicklook in form 1 of a stored float image, the bytes that the original program writes.

    Pixels as ``rounded`` gives them. Raises SourceDamaged, SourceUnsupported.
    """
    cards, pixels = rounded(image)
    return cards + b"END".ljust(CARD) + hcompress.narrowed(hcompress.encode(pixels, scale))


def rounded(image: bytes) -> tuple[bytes, hcompress.Frame]:
    """Cards and pixels, shape (rows, columns), of the Quicklook of a stored float image.

    Pixels are rounded to the nearest integer (halves to even), clipped to 16 bits; NaNs become 0.
    Raises SourceDamaged, SourceUnsupported.
    """
    plain = whole(image)
    header = parse(plain[: end_of_cards(plain)])
    if header.bitpix not in (-32, -64):
        raise SourceUnsupported(f"Quicklooks are made of float images, not of BITPIX {header.bitpix}")
    if min(header.naxis1, header.naxis2) < hcompress.LEAST_SIDE:
        raise SourceUnsupported("HCOMPRESS takes no images with a side of less than 4 pixels")
    start = padded(len(header.cards) + CARD)
    floats = np.frombuffer(plain, f">f{-header.bitpix // 8}", header.naxis1 * header.naxis2, start)
    whole_numbers = np.rint(np.nan_to_num(floats, posinf=np.inf, neginf=-np.inf))
    pixels = np.clip(whole_numbers, -32768, 32767).astype(np.int32).reshape(header.naxis2, header.naxis1)
    bitpix = with_number(header.cards[CARD : 2 * CARD], "16")
    return header.cards[:CARD] + bitpix + header.cards[2 * CARD :], pixels


def _opened(source: bytes) -> StreamImage | TiledImage:
    if source.startswith(GZIP_MAGIC):
        source = GzipReader(source).read(MAX_IMAGE_BYTES)
    if not source.startswith(FITS_MAGIC):
        raise SourceDamaged(f"not a Quicklook: the file begins with {source[:9]!r}")
    end = end_of_cards(source)
    tiled = not source.startswith(hcompress.MAGIC, end + CARD)
    if tiled:
        return _tiled_image(PlainReader(source), lambda first, length: source[first : first + length])
    image = _stream_image(source, end)
    check_image_bytes(4 * image.header.naxis1 * image.header.naxis2)
    return image


def _tiled_image(opened: Reader, fetch: ReadRange) -> TiledImage:
    image = open_tiles(opened, fetch)
    check_image_bytes(4 * image.header.naxis1 * image.header.naxis2)
    return image


def _stream_image(source: bytes, end: int) -> StreamImage:
    header = parse(source[:end])
    if header.bitpix != 16:
        raise SourceUnsupported(f"a Quicklook has BITPIX 16, not {header.bitpix}")
    return StreamImage(header, hcompress.widened(memoryview(source)[end + CARD :]))


def _bytes(image: StreamImage | TiledImage, first: int, last: int) -> memoryview:
    """The rows ``first`` to before ``last`` as they stand in a FITS file."""
    return image.rows(first, last).view(np.uint8).reshape(-1).data


def _lossy(image: StreamImage | TiledImage) -> bytes:
    text = f"HCOMPRESS scale {image.scale}"
    return string_cards("LOSSY", text, "compression this image went through") + _NOTE
