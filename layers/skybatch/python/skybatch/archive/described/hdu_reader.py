"""Find the image of a stored file by a few ranges of it, and check the length of the file.

Images that could not be delivered raise `skybatch.errors.SourceDamaged` or `SourceUnsupported`.
"""

from __future__ import annotations

from typing import NamedTuple

from skybatch.archive.header_reader import FIRST_BYTES, inflated, ranged_reader, read_tile_table
from skybatch.archive.whole_files import read_whole
from skybatch.errors import SourceDamaged, SourceError
from skybatch.fits.hdus.file_end import check_file_end
from skybatch.fits.hdus.hdu_choice import HduChoice
from skybatch.fits.hdus.image_hdu import ImageHdu, find_image
from skybatch.fits.limits import MAX_IMAGE_BYTES, check_image_bytes
from skybatch.fits.readers import FITS_MAGIC, GZIP_MAGIC, PlainReader, not_fits
from skybatch.fits.tiles.tile_table import FRONT_BYTES
from skybatch.imaging.whole_image import check_stored_file
from skybatch.storage.started_tree import StartedTree
from skybatch.storage.trees import Entry, RangedTree


class StoredHdu(NamedTuple):
    """An image of a file; where table and heap of our own tiles begin, else 0; whether the file is gzip."""

    image: ImageHdu
    tile_table: int = 0
    tile_heap: int = 0
    is_gzip: bool = False


def read_hdu(
    tree: RangedTree, entry: Entry, wanted: HduChoice, *, own_tiles: bool = False, ahead: int = FIRST_BYTES
) -> StoredHdu:
    """Read the header of the image of a stored file.

    ``own_tiles`` says that its name is that of a file in tiles, which may be ours; ``ahead`` is the bytes of
    the first request.

    Raises
    ------
    SourceDamaged
        For what is not FITS, or is truncated.
    SourceUnsupported
        For a file without an image that is wanted.
    FileNotFoundError
        Where the file is gone.
    """
    ahead = min(FRONT_BYTES if own_tiles else ahead, entry.size)
    front = tree.read_range(entry.path, 0, ahead) if ahead else b""
    if front.startswith(GZIP_MAGIC):
        return StoredHdu(_of_gzip(tree, entry, wanted, front), is_gzip=True)
    if not front.startswith(FITS_MAGIC):
        raise not_fits(front)
    started = StartedTree(tree, entry, front)
    reader = ranged_reader(started, entry, len(front))
    image = find_image(reader, wanted)
    if image.table is None:
        check_file_end(reader, image, image.data_offset)
        return StoredHdu(image)
    if image.end > entry.size:
        raise SourceDamaged(f"the file ends at byte {entry.size:,}, its tiles at {image.end:,}")
    if own_tiles and image.is_in_own_tiles:
        tiles = read_tile_table(started, entry)
        return StoredHdu(image, tiles.table_offset, tiles.heap_offset)
    return StoredHdu(image)


def _of_gzip(tree: RangedTree, entry: Entry, wanted: HduChoice, front: bytes) -> ImageHdu:
    """Find the image of a gzip file: in its first kilobytes, else in as much of it as that takes."""
    content = front
    while True:
        try:
            image = find_image(PlainReader(inflated(content, MAX_IMAGE_BYTES)), wanted)
            break
        except SourceError:
            if len(content) >= entry.size:
                raise
        check_image_bytes(len(content))
        content = tree.read_range(entry.path, 0, min(len(content) * 8, entry.size))
    stated = int.from_bytes(tree.read_range(entry.path, entry.size - 4, 4), "little")
    if stated != image.end & 0xFFFFFFFF or image.table is not None:
        check_stored_file(read_whole(tree, entry), wanted)
    return image
