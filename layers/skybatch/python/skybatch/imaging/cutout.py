"""Cut stored images, gzip or plain FITS, to complete FITS files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skybatch.errors import SourceDamaged
from skybatch.fits.blocks import BLOCK_BYTES
from skybatch.fits.header import Header, HeaderCheck, accept_any, read_header
from skybatch.fits.limits import MAX_GAP_BYTES, check_image_bytes
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.readers import GZIP_MAGIC, GzipReader, RangedReader, Reader, ReadRange, open_reader
from skybatch.fits.rows import PixelRows, cutout_file
from skybatch.fits.stored_file import check_end


def cut(
    source: bytes, boxes: Sequence[PixelBox], origin: Origin, check: HeaderCheck = accept_any
) -> Iterator[bytes]:
    """Cut one stored image, gzip or plain, to complete FITS files, in the order of ``boxes``.

    The image is inflated once, to its end, where gzip has the checksum of the whole; only the rows up to the
    last one wanted are kept. Cards stay as they are except NAXIS1/2, CRPIX1/2 (of every coordinate version)
    and, where present, DATASUM and CHECKSUM; those of ``origin`` stand before END. Pixels keep their type
    and bytes (BZERO, BSCALE, NaNs are untouched).
    Everything is checked before the first cutout is made; ``check`` sees the header before pixels are read.

    Raises SourceDamaged (truncated, not FITS, gzip whose checksum differs, more or fewer pixels than the
    header claims), SourceUnsupported (not one image of two axes, too large), SourceDiffers (a box outside the
    image), and what ``check`` raises.
    """
    reader = open_reader(source)
    header = read_header(reader)
    if isinstance(reader, GzipReader):
        check_image_bytes(header.file_bytes)
    check(header)
    header.check(boxes)
    last = max((box.y0 + box.ny for box in boxes), default=0)
    rows = _read_rows(reader, header, 0, last)
    check_end(reader, header, header.blocks * BLOCK_BYTES + last * header.row_bytes)
    return (cutout_file(header, rows, box, origin.cards(box)) for box in boxes)


def cut_ranged(
    read_range: ReadRange,
    size: int,
    boxes: Sequence[PixelBox],
    origin: Origin,
    *,
    ahead: int = 4 * BLOCK_BYTES,
    check: HeaderCheck = accept_any,
) -> Iterator[bytes]:
    """Cut a stored file that is read by ranges: its header, then only the rows wanted.

    ``size`` is the stored file's in bytes, ``ahead`` how much is read at first (the header, if it fits).
    A file that is gzip after all is read whole. Otherwise as ``cut``, errors too.
    """
    reader = RangedReader(read_range, size, ahead)
    if reader.read(2) == GZIP_MAGIC:
        check_image_bytes(size)
        return cut(read_range(0, size), boxes, origin, check)
    reader.seek(0)
    header = read_header(reader)
    check(header)
    header.check(boxes)
    check_end(reader, header, header.blocks * BLOCK_BYTES)
    spans = _spans(boxes, MAX_GAP_BYTES // header.row_bytes)
    check_image_bytes(sum(last - first for first, last in spans) * header.row_bytes)
    parts = [_read_rows(reader, header, first, last) for first, last in spans]
    pairs = ((box, next(part for part in parts if part.contains_rows(box))) for box in boxes)
    return (cutout_file(header, part, box, origin.cards(box)) for box, part in pairs)


def _read_rows(reader: Reader, header: Header, first: int, last: int) -> PixelRows:
    if isinstance(reader, RangedReader):
        reader.seek(header.blocks * BLOCK_BYTES + first * header.row_bytes)
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
