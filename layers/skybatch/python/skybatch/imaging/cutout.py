"""Cutouts of stored images: from gzip or plain FITS to complete FITS files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.header import Header, read_header
from skybatch.fits.pixel_box import BLOCK, PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.readers import GZIP_MAGIC, GzipReader, RangedReader, Reader, ReadRange, reader
from skybatch.fits.rows import Rows, cutout_file

__all__ = ["MOST_BYTES", "Header", "Origin", "PixelBox", "cut", "cut_ranged", "header_of", "plain"]

# The most that one stored image may take of a worker's memory: room for 4096 x 4096 floats and a header.
# Inflating takes twice that for a moment. A survey image takes 2.1 MB.
MOST_BYTES = 65 * 1024 * 1024
# Rows this near are fetched in one request: a request costs as much time as reading this much.
GAP_BYTES = 256 * 1024


def check_bytes(length: int) -> None:
    """Raise SourceUnsupported where an image would take more than ``MOST_BYTES`` of memory."""
    if length > MOST_BYTES:
        raise SourceUnsupported(
            f"the image takes {length:,} bytes of memory; at most {MOST_BYTES:,} are given"
        )


def header_of(source: bytes) -> Header:
    """The header of a stored image; the first bytes of the file are enough, pixels are not looked at.

    Raises SourceDamaged, SourceUnsupported.
    """
    return read_header(reader(source))


def plain(source: bytes) -> bytes:
    """The whole image as plain FITS, byte for byte what was stored.

    Raises SourceDamaged, SourceUnsupported, as ``cut`` does; the checksum of gzip data is verified too.
    """
    header = header_of(source)
    check_bytes(header.file_bytes)
    opened = reader(source)
    data = bytes(opened.read(header.file_bytes))
    _check_end(opened, header, len(data))
    return data.ljust(header.file_bytes, b"\0")


def cut(source: bytes, boxes: Sequence[PixelBox], origin: Origin) -> Iterator[bytes]:
    """Cutouts of one stored image, gzip or plain, in the order of ``boxes``: each a complete FITS file.

    The image is inflated once and no further than the last row wanted. Cards stay as they are but for
    NAXIS1/2, CRPIX1/2 (of every coordinate version) and, where present, DATASUM and CHECKSUM; those of
    ``origin`` stand before END. Pixels keep their type and bytes (BZERO, BSCALE, NaNs are untouched).

    Everything is checked before the first cutout is made. Raises SourceDamaged (truncated, not FITS, more
    or fewer pixels than the header claims), SourceUnsupported (not one image of two axes, too large),
    SourceDiffers (a box outside the image).
    """
    opened = reader(source)
    header = read_header(opened)
    if isinstance(opened, GzipReader):
        check_bytes(header.file_bytes)
    header.check(boxes)
    last = max((box.y0 + box.ny for box in boxes), default=0)
    rows = _read_rows(opened, header, 0, last)
    if opened.claimed_length() != header.file_bytes & 0xFFFFFFFF:
        _check_end(opened, header, header.blocks * BLOCK + last * header.row_bytes)
    return (cutout_file(header, rows, box, origin.cards(box)) for box in boxes)


def cut_ranged(
    read_range: ReadRange, size: int, boxes: Sequence[PixelBox], origin: Origin, *, ahead: int = 4 * BLOCK
) -> Iterator[bytes]:
    """Cutouts of a stored file that is read by ranges: its header, then only the rows wanted.

    ``size`` is the stored file's in bytes, ``ahead`` how much is read at first (the header, if it fits).
    A file that turns out to be gzip is read whole. Otherwise as ``cut``, errors too.
    """
    opened = RangedReader(read_range, size, ahead)
    if opened.read(2) == GZIP_MAGIC:
        check_bytes(size)
        return cut(read_range(0, size), boxes, origin)
    opened.seek(0)
    header = read_header(opened)
    header.check(boxes)
    _check_end(opened, header, header.blocks * BLOCK)
    spans = _spans(boxes, GAP_BYTES // header.row_bytes)
    check_bytes(sum(last - first for first, last in spans) * header.row_bytes)
    parts = [_read_rows(opened, header, first, last) for first, last in spans]
    pairs = ((box, next(part for part in parts if part.holds(box))) for box in boxes)
    return (cutout_file(header, part, box, origin.cards(box)) for box, part in pairs)


def _read_rows(opened: Reader, header: Header, first: int, last: int) -> Rows:
    if isinstance(opened, RangedReader):
        opened.seek(header.blocks * BLOCK + first * header.row_bytes)
    wanted = (last - first) * header.row_bytes
    data = opened.read(wanted)
    if len(data) < wanted:
        raise SourceDamaged(f"the file ends before row {last} of the {header.naxis2} its header claims")
    return Rows(data, first, last, header)


def _spans(boxes: Sequence[PixelBox], gap: int) -> list[tuple[int, int]]:
    """First row and the row after the last of each stretch to fetch, in order."""
    spans: list[tuple[int, int]] = []
    for box in sorted(boxes, key=lambda box: box.y0):
        last = box.y0 + box.ny
        if spans and box.y0 <= spans[-1][1] + gap:
            spans[-1] = (spans[-1][0], max(spans[-1][1], last))
        else:
            spans.append((box.y0, last))
    return spans


def _check_end(opened: Reader, header: Header, position: int) -> None:
    """Hold the file against its header, from ``position`` on: all pixels there, and nothing after them."""
    missing = max(header.blocks * BLOCK + header.data_bytes - position, 0)
    if opened.skip(missing) < missing:
        raise SourceDamaged(
            f"the file ends before the {header.naxis1} x {header.naxis2} pixels of its header"
        )
    opened.skip(header.file_bytes - position - missing)
    after = bytes(opened.read(BLOCK))
    if after.startswith(b"XTENSION"):
        raise SourceUnsupported("the file has extensions; only files of one image are cut")
    if any(after):
        raise SourceDamaged(
            f"the file holds more than the {header.naxis1} x {header.naxis2} pixels of its header"
        )
