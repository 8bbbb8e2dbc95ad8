"""Cut images in lossless tiles, read by ranges, to complete FITS files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skybatch.errors import SourceDiffers
from skybatch.fits.header import HeaderCheck, accept_any
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.readers import RangedReader, ReadRange
from skybatch.fits.rows import cutout_file
from skybatch.fits.tiles.gzip2_reader import read_gzip2_table, read_tiles, tiles_of
from skybatch.fits.tiles.tile_table import FRONT_BYTES


def cut_tiled(
    read_range: ReadRange,
    size: int,
    boxes: Sequence[PixelBox],
    origin: Origin,
    *,
    heap_offset: int | None = None,
    check: HeaderCheck = accept_any,
) -> Iterator[bytes]:
    """Cut a stored tiled image of ``size`` bytes as ``cutout.cut`` cuts the plain one.

    One request brings header and table, one (more where the tiles lie far apart) the tiles wanted, each
    once. ``heap_offset`` is where the tiles begin, if that is known. Everything is checked before the first
    cutout is made.

    Raises SourceDiffers where the tiles do not begin at ``heap_offset``, and what ``cutout.cut`` raises.
    """
    reader = RangedReader(read_range, size, heap_offset or FRONT_BYTES)
    table = read_gzip2_table(reader, size)
    if heap_offset is not None and table.heap_offset != heap_offset:
        raise SourceDiffers(
            f"the tiles begin at byte {table.heap_offset:,}, the inventory says {heap_offset:,}"
        )
    header = table.header
    check(header)
    header.check(boxes)
    pixels = read_tiles(reader.range, table, tiles_of(table, boxes))
    return (cutout_file(header, pixels, box, origin.cards(box)) for box in boxes)
