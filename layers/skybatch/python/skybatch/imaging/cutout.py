"""Cut stored images, gzip or plain FITS, in any HDU, plain or in tiles, to complete FITS files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skybatch.errors import SourceDamaged
from skybatch.fits.blocks import BLOCK_BYTES
from skybatch.fits.hdus.file_end import check_file_end
from skybatch.fits.hdus.hdu_choice import FIRST_IMAGE, HduChoice
from skybatch.fits.hdus.image_hdu import ImageHdu, find_image
from skybatch.fits.header import HeaderCheck, accept_any
from skybatch.fits.limits import MAX_GAP_BYTES, MAX_IMAGE_BYTES, check_image_bytes
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.readers import (
    GZIP_MAGIC,
    GzipReader,
    PlainReader,
    RangedReader,
    Reader,
    ReadRange,
    open_reader,
)
from skybatch.fits.rows import PixelRows, PixelSource, cutout_file
from skybatch.fits.tiles.gzip2_reader import read_gzip2_table, read_tiles, tiles_of
from skybatch.imaging.wide_rows import PixelRanges, are_wide


def cut(
    source: bytes,
    boxes: Sequence[PixelBox],
    origin: Origin,
    check: HeaderCheck = accept_any,
    hdu: HduChoice = FIRST_IMAGE,
) -> Iterator[bytes]:
    """Cut one stored image, gzip or plain, to complete FITS files, in the order of ``boxes``.

    The file is inflated once, to its end, where gzip has the checksum of the whole; only the rows up to the
    last one wanted are kept. Cards stay as they are except NAXIS1/2, CRPIX1/2 (of every coordinate version)
    and, where present, DATASUM and CHECKSUM; those of ``origin`` stand before END. The image of an extension
    becomes that of a primary HDU. Pixels keep their type and bytes (BZERO, BSCALE, NaNs are untouched).
    Everything is checked before the first cutout is made; ``check`` sees the header before pixels are read.

    Raises SourceDamaged (truncated, not FITS, gzip whose checksum differs, more or fewer pixels than the
    header claims), SourceUnsupported (no image of two axes, too large), SourceDiffers (a box outside the
    image), and what ``check`` raises.
    """
    reader = open_reader(source)
    image = find_image(reader, hdu)
    if isinstance(reader, GzipReader):
        check_image_bytes(image.end)
    check(image.header)
    image.header.check(boxes)
    pixels = open_pixels(source, reader, image, boxes)
    return _files(image, [(box, pixels) for box in boxes], origin)


def open_pixels(source: bytes, reader: Reader, image: ImageHdu, boxes: Sequence[PixelBox]) -> PixelSource:
    """Return where the pixels of boxes come from, of an image of a stored file in memory.

    ``reader`` is the one with which `find_image` found the image, left at its data.

    Raises SourceDamaged, SourceUnsupported.
    """
    if image.table is not None:
        plain = _plain(source, image)
        return _tiles(
            lambda start, length: plain[start : start + length], len(plain), image, image.table, boxes
        )
    last = max((box.y0 + box.ny for box in boxes), default=0)
    pixels = _read_rows(reader, image, 0, last)
    check_file_end(reader, image, image.data_offset + last * image.header.row_bytes)
    return pixels


def cut_ranged(
    read_range: ReadRange,
    size: int,
    boxes: Sequence[PixelBox],
    origin: Origin,
    *,
    ahead: int = 4 * BLOCK_BYTES,
    check: HeaderCheck = accept_any,
    hdu: HduChoice = FIRST_IMAGE,
) -> Iterator[bytes]:
    """Cut a stored file that is read by ranges: its headers, then only the rows or tiles wanted.

    ``size`` is the stored file's in bytes, ``ahead`` how much is read at first (the header, if it fits).
    A file that is gzip after all is read whole. Otherwise as ``cut``, errors too.
    """
    reader = RangedReader(read_range, size, ahead)
    if reader.read(2) == GZIP_MAGIC:
        check_image_bytes(size)
        return cut(read_range(0, size), boxes, origin, check, hdu)
    reader.seek(0)
    image = find_image(reader, hdu)
    check(image.header)
    image.header.check(boxes)
    if image.table is not None:
        pixels = _tiles(reader.range, size, image, image.table, boxes)
        return _files(image, [(box, pixels) for box in boxes], origin)
    check_file_end(reader, image, image.data_offset)
    return _files(image, _plain_pixels(read_range, reader, image, boxes), origin)


def _files(
    image: ImageHdu, pixels: Sequence[tuple[PixelBox, PixelSource]], origin: Origin
) -> Iterator[bytes]:
    return (cutout_file(image.header, source, box, origin.cards(box)) for box, source in pixels)


def _plain_pixels(
    read_range: ReadRange, reader: RangedReader, image: ImageHdu, boxes: Sequence[PixelBox]
) -> list[tuple[PixelBox, PixelSource]]:
    """Return where the pixels of each box come from: rows read here, or ranges read when it is cut."""
    header = image.header
    spans = _spans(boxes, MAX_GAP_BYTES // header.row_bytes)
    wanted = sum(last - first for first, last in spans) * header.row_bytes
    if wanted > MAX_IMAGE_BYTES or any(are_wide(header, box) for box in boxes):
        ranges = PixelRanges(read_range, header, image.data_offset)
        return [(box, ranges) for box in boxes]
    parts = [_read_rows(reader, image, first, last) for first, last in spans]
    return [(box, next(part for part in parts if part.contains_rows(box))) for box in boxes]


def _plain(source: bytes, image: ImageHdu) -> bytes:
    """Return a file in memory as plain bytes, up to the end of a compressed image.

    Raises SourceDamaged, SourceUnsupported.
    """
    reader = open_reader(source)
    if isinstance(reader, PlainReader):
        return source
    check_image_bytes(image.end)
    plain = bytes(reader.read(image.end))
    reader.read_to_end()
    return plain


def _tiles(
    read_range: ReadRange, size: int, image: ImageHdu, cards: bytes, boxes: Sequence[PixelBox]
) -> PixelSource:
    """Read the tiles that boxes touch; ``cards`` are those of the image's table."""
    if image.is_in_own_tiles:
        own = read_gzip2_table(RangedReader(read_range, size, image.data_offset), size)
        return read_tiles(read_range, own, tiles_of(own, boxes))
    # numpy and astropy, only where an image is in tiles
    from skybatch.fits.tiles.compressed_image import read_compressed_image
    from skybatch.fits.tiles.tile_decoder import TileDecoder

    reader = RangedReader(read_range, size, 0)
    reader.seek(image.data_offset)
    table = read_compressed_image(image.header, cards, reader, image.data_offset, size)
    return TileDecoder(table, read_range, boxes)


def _read_rows(reader: Reader, image: ImageHdu, first: int, last: int) -> PixelRows:
    header = image.header
    if isinstance(reader, RangedReader):
        reader.seek(image.data_offset + first * header.row_bytes)
    wanted = (last - first) * header.row_bytes
    data = reader.read(wanted)
    if len(data) < wanted:
        raise SourceDamaged(f"the file ends before row {last} of the {header.naxis2} its header claims")
    return PixelRows(data, first, last, header)


def _spans(boxes: Sequence[PixelBox], gap: int) -> list[tuple[int, int]]:
    """Return the first row, and the row after the last, of each stretch to fetch, in order."""
    spans: list[tuple[int, int]] = []
    for box in sorted(boxes, key=lambda box: box.y0):
        last = box.y0 + box.ny
        if spans and box.y0 <= spans[-1][1] + gap:
            spans[-1] = (spans[-1][0], max(spans[-1][1], last))
        else:
            spans.append((box.y0, last))
    return spans
