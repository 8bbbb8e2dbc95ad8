"""One stored image of the archive, read in ranges where its form allows, and the files made from it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError

from skybatch.errors import SourceDamaged, SourceMissing
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.tiles.gzip2_reader import decompress_image
from skybatch.imaging import cutout, tiled_cutout
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.layout import TILED_SUFFIX, atlas_key, parse_key

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from skybatch.inventory.inventory import Inventory

# Of these single rows can be read; a file that is gzip all the same is noticed while reading.
PLAIN = (".fits", ".fit")
# The suffix under which cutouts name a tile-compressed parent: the survey's own, so that they are the same
# files whatever form they were read from.
ORIGINAL = ".fits.gz"
_GZIP_LEVEL = 6
_GZIP = 31  # zlib's window bits for gzip members
_STORED_BLOCK, _BLOCK_HEAD, _GZIP_FRAME = 16_383, 5, 64


@dataclass(frozen=True)
class StoredImage:
    """An image of the archive by its key. Reading what is not there raises SourceMissing.

    ``tiles`` are the size of a tile-compressed file and where its heap begins, in bytes, if that is known.
    """

    objects: ObjectStore
    key: str
    image_type: ImageType
    tiles: tuple[int, int] | None = None

    @cached_property
    def size(self) -> int:
        """Bytes stored."""
        try:
            return int(obstore.head(self.objects, self.key)["size"])
        except FileNotFoundError:
            raise self._missing() from None

    @cached_property
    def whole(self) -> bytes:
        """The stored file, read once."""
        try:
            return bytes(obstore.get(self.objects, self.key).bytes())
        except FileNotFoundError:
            raise self._missing() from None

    def read_range(self, start: int, length: int) -> bytes:
        """Read some of its bytes. Raises SourceDamaged where the file is shorter."""
        try:
            return bytes(obstore.get_range(self.objects, self.key, start=start, length=length))
        except FileNotFoundError:
            raise self._missing() from None
        except (BaseError, ValueError):
            # Stores differ in how they reject a range beyond the end, and some call it a transient error.
            if self.size >= start + length:
                raise
            raise SourceDamaged(f"the file ends at byte {self.size:,}, before {start + length:,}") from None

    def crops(self, boxes: Sequence[PixelBox]) -> Iterator[bytes]:
        """Make complete FITS files of these pixels, in order, from one reading.

        Raises SourceError for what cannot be cut, before the first is made.
        """
        origin = Origin(self._name)
        if self.image_type == ImageType.QUICKLOOK:
            from skybatch.imaging import quicklook  # numpy and astropy, only where one is asked for

            if self.key.endswith(TILED_SUFFIX):
                return quicklook.cut_quicklook_ranged(self.read_range, self.size, boxes, origin)
            return quicklook.cut_quicklook(self.whole, boxes, origin)
        if self.key.endswith(TILED_SUFFIX):
            size, heap = self.tiles or (self.size, None)
            return tiled_cutout.cut_tiled(self.read_range, size, boxes, origin, heap_offset=heap)
        if self.key.endswith(PLAIN):
            return cutout.cut_ranged(self.read_range, self.size, boxes, origin)
        return cutout.cut(self.whole, boxes, origin)

    def plain(self) -> bytes:
        """Return the whole image as plain FITS, byte for byte the original file; a Quicklook decompressed."""
        if self.image_type == ImageType.QUICKLOOK:
            from skybatch.imaging import quicklook

            return quicklook.decompress_quicklook(self.whole)
        return decompress_image(self.whole)

    def gzipped(self) -> bytes:
        """Return the whole image as ``.fits.gz``, compressed anew from the original FITS file."""
        return zlib.compress(self.plain(), _GZIP_LEVEL, _GZIP)

    @property
    def _name(self) -> str:
        name = self.key.rsplit("/", 1)[-1]
        if self.image_type == ImageType.ATLAS and name.endswith(TILED_SUFFIX):
            return name.removesuffix(TILED_SUFFIX) + ORIGINAL
        return name

    def _missing(self) -> SourceMissing:
        return SourceMissing(f"the archive does not hold {self.key}")


def max_gzipped_size(size: int) -> int:
    """Return the most bytes that ``size`` bytes take as gzip: deflate stores what it cannot compress."""
    return size + _BLOCK_HEAD * (size // _STORED_BLOCK + 1) + _GZIP_FRAME


def stored_image(objects: ObjectStore, key: str, inventory: Inventory | None = None) -> StoredImage:
    """Return the image that a key names, in the form from which a cutout reads the fewest bytes.

    That is the tile-compressed form of an Atlas image where the inventory has it, unless the key names a
    plain file. Raises NotFound for a key that is no image's.
    """
    image, kind, suffix = parse_key(key)
    if kind is ImageType.QUICKLOOK:
        return StoredImage(objects, key, ImageType.QUICKLOOK)
    if inventory is None or suffix in PLAIN:
        return StoredImage(objects, key, ImageType.ATLAS)
    from skybatch.inventory.image_lookup import sets_of_images  # numpy, which workers need not load

    sets = sets_of_images(inventory, [image])
    tiles = inventory.details(sets).tiles(0, image.band) if len(sets) else None
    if tiles is None:
        return StoredImage(objects, key, ImageType.ATLAS)
    return StoredImage(objects, atlas_key(image, TILED_SUFFIX), ImageType.ATLAS, (tiles.size, tiles.heap))
