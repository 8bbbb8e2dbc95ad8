"""One stored image of the archive, read in ranges where its form allows, and the files made from it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

import obstore
from obstore.exceptions import BaseError

from skybatch.errors import SourceDamaged
from skybatch.fits.hdus.hdu_choice import FIRST_IMAGE, HduChoice
from skybatch.fits.hdus.image_hdu import find_image
from skybatch.fits.limits import check_image_bytes
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.readers import GZIP_MAGIC, open_reader
from skybatch.fits.stored_file import read_stored_header
from skybatch.imaging import cutout, tiled_cutout
from skybatch.imaging.whole_image import check_stored_file, plain_image
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.storage.refusals import answered
from skybatch.storage.whole_objects import read_whole
from skybatch.surveys.image_id import TILED_SUFFIX, atlas_key, parse_file_key, product_of
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from skybatch.fits.header import Header
    from skybatch.inventory.inventory import Inventory

T = TypeVar("T")
# Of these single rows can be read; a file that is gzip all the same is noticed while reading.
PLAIN = (".fits", ".fit")
_RANGED = (*PLAIN, ".fts", ".fz")
"""Endings of files of which a crop reads a part, in small letters."""
# What the first request for a file brings: the header of most.
HEADER_BYTES = 11_520
_GZIP_LEVEL = 6
_GZIP = 31  # zlib's window bits for gzip members
_STORED_BLOCK, _BLOCK_HEAD, _GZIP_FRAME = 16_383, 5, 64


@dataclass(frozen=True)
class StoredImage:
    """An image of the archive by its key. Reading what is not there raises SourceMissing.

    ``tiles`` are the size of a tile-compressed file and where its heap begins, in bytes, if that is known,
    ``geometry`` where the inventory has it on the sky: a file whose header differs raises SourceDiffers.
    ``hdu`` is the HDU that holds the image.
    """

    objects: ObjectStore
    key: str
    image_type: ImageType
    tiles: tuple[int, int] | None = None
    geometry: ImageGeometry | None = None
    hdu: HduChoice = FIRST_IMAGE

    @cached_property
    def size(self) -> int:
        """Bytes stored."""
        return self._start[1]

    @cached_property
    def _start(self) -> tuple[bytes, int]:
        """Where a header begins, and the bytes stored: both by the one request that a crop makes first."""
        options: Any = {"range": (0, HEADER_BYTES)}
        try:
            found = self._answered(lambda: obstore.get(self.objects, self.key, options=options))
            return bytes(found.bytes()), int(found.meta["size"])
        except (BaseError, ValueError):  # an empty file has no range
            return b"", int(self._answered(lambda: obstore.head(self.objects, self.key))["size"])

    @cached_property
    def whole(self) -> bytes:
        """The stored file, read once. Raises SourceUnsupported for one that is larger than any image."""
        return self._answered(lambda: read_whole(self.objects, self.key, check_image_bytes))

    def read_range(self, start: int, length: int) -> bytes:
        """Read some of its bytes. Raises SourceDamaged where the file is shorter."""
        if not length:  # stores refuse a range of no bytes, which is all that an empty file has
            return b""
        if "_start" in vars(self) and start + length <= len(self._start[0]):
            return self._start[0][start : start + length]
        try:
            get_range = partial(obstore.get_range, self.objects, self.key, start=start, length=length)
            return bytes(self._answered(get_range))
        except (BaseError, ValueError):
            # Stores differ in how they reject a range beyond the end, and some call it a transient error.
            if self.size >= start + length:
                raise
            raise SourceDamaged(f"the file ends at byte {self.size:,}, before {start + length:,}") from None

    def crops(self, boxes: Sequence[PixelBox]) -> Iterator[bytes]:
        """Make complete FITS files of these pixels, in order, from one reading.

        Raises SourceError for what cannot be cut, before the first is made.
        """
        origin, check = Origin(self._name), self._check_header
        if self.image_type == ImageType.QUICKLOOK:
            from skybatch.imaging import quicklook  # numpy and astropy, only where one is asked for

            if self.key.endswith(TILED_SUFFIX):
                return quicklook.cut_quicklook_ranged(self.read_range, self.size, boxes, origin, check)
            return quicklook.cut_quicklook(self.whole, boxes, origin, check)
        if self.tiles is not None:
            size, heap = self.tiles
            return tiled_cutout.cut_tiled(self.read_range, size, boxes, origin, heap_offset=heap, check=check)
        if self.key.lower().endswith(_RANGED):
            return cutout.cut_ranged(
                self.read_range, self.size, boxes, origin, ahead=HEADER_BYTES, check=check, hdu=self.hdu
            )
        return cutout.cut(self.whole, boxes, origin, check, self.hdu)

    def plain(self) -> bytes:
        """Return the whole image as plain FITS; a Quicklook decompressed.

        That is byte for byte the original file, where it is of one image. Raises SourceError.
        """
        if self.image_type == ImageType.QUICKLOOK:
            from skybatch.imaging import quicklook

            content = quicklook.decompress_quicklook(self.whole)
        else:
            content = plain_image(self.whole, self.hdu)
        self._check_header(read_stored_header(content))
        return content

    def gzipped(self) -> bytes:
        """Return the whole image as ``.fits.gz``, compressed anew from the original FITS file."""
        return zlib.compress(self.plain(), _GZIP_LEVEL, _GZIP)

    def has_content_of_its_name(self) -> bool:
        """Tell whether the content is gzip, plain or in tiles as the end of the name says.

        Some archives name gzip data ``.fits`` and plain data ``.fits.gz``. A Quicklook has no other form.
        """
        if self.image_type == ImageType.QUICKLOOK or self.key.endswith(TILED_SUFFIX):
            return True
        is_gzip = self.whole.startswith(GZIP_MAGIC)
        if self.key.endswith(".gz"):
            return is_gzip
        return not (is_gzip or find_image(open_reader(self.whole), self.hdu).is_in_own_tiles)

    def check_whole(self) -> None:
        """Check all that the stored file tells of itself: its header, its length, and its own checksums.

        Of a Quicklook, which has none, only the header is checked.

        Raises SourceError.
        """
        if self.image_type == ImageType.QUICKLOOK:
            from skybatch.imaging import quicklook

            self._check_header(quicklook.read_quicklook_header(self.whole))
        else:
            self._check_header(check_stored_file(self.whole, self.hdu))

    def _check_header(self, header: Header) -> None:
        if self.geometry is not None:
            self.geometry.check(header)

    @property
    def _name(self) -> str:
        """Name for CUTFILE; a Quicklook's has its folder, for in tiles both kinds have the same name."""
        name = self.key.rsplit("/", 1)[-1]
        return f"{self.image_type.folder}/{name}" if self.image_type == ImageType.QUICKLOOK else name

    def _answered(self, call: Callable[[], T]) -> T:
        return answered(self.objects, self.key, call)


def max_gzipped_size(size: int) -> int:
    """Return the most bytes that ``size`` bytes take as gzip: deflate stores what it cannot compress."""
    return size + _BLOCK_HEAD * (size // _STORED_BLOCK + 1) + _GZIP_FRAME


def stored_image(objects: ObjectStore, key: str, inventory: Inventory | None = None) -> StoredImage:
    """Return the image that a key names, in the form from which a cutout reads the fewest bytes.

    That is the tile-compressed form of an Atlas image where the inventory has it, unless the key names a
    plain file. Where an inventory is given, the image must lie where that has it.

    Raises NotFound for a key that is neither an image's nor that of what lies beside one.
    """
    image, image_type, suffix = parse_file_key(key)
    kind = image_type or ImageType.ATLAS  # what lies beside an image is stored as Atlas images are
    hdu = hdu_of(image.dataset, image_type)
    if inventory is None:
        return StoredImage(objects, key, kind, hdu=hdu)
    from skybatch.inventory.image_lookup import (
        band_of_image,
        sets_of_images,
    )  # numpy, which workers need not load

    found = sets_of_images(inventory, [image])
    if not len(found):
        return StoredImage(objects, key, kind, hdu=hdu)
    details = inventory.details(found)
    (geometry,) = ImageGeometry.of_sets(details)
    tiles = (
        details.tiles(0, band_of_image(image, details))
        if image_type is ImageType.ATLAS and suffix not in PLAIN
        else None
    )
    if tiles is None:
        return StoredImage(objects, key, kind, geometry=geometry, hdu=hdu)
    return StoredImage(objects, atlas_key(image, TILED_SUFFIX), kind, (tiles.size, tiles.heap), geometry)


def hdu_of(dataset: str, image_type: ImageType | None) -> HduChoice:
    """Return the HDU that holds the images of a type; of what lies beside them the first that holds one."""
    survey = survey_of(dataset)
    return FIRST_IMAGE if image_type is None else survey.product[product_of(survey, image_type)].hdu
