"""One stored image of the archive, read as little as need be, and the files made from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import obstore

from skybatch.errors import SourceMissing
from skybatch.imaging import atlas
from skybatch.imaging.box import PixelBox
from skybatch.imaging.provenance import Origin

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# Stored so, single rows can be read; what is gzip after all is found out on the way.
PLAIN = ".fits"


@dataclass(frozen=True)
class StoredImage:
    """An image of the archive by its key. Reading what is not there raises SourceMissing.

    ``image_type`` is ``atlas`` or ``quicklook``.
    """

    objects: ObjectStore
    key: str
    image_type: str

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
        """Some of its bytes."""
        return bytes(obstore.get_range(self.objects, self.key, start=start, length=length))

    def crops(self, boxes: Sequence[PixelBox]) -> Iterator[bytes]:
        """Complete FITS files of these pixels, in order, from one reading.

        Raises SourceError for what cannot be cut, before the first is made.
        """
        origin = Origin(self.key.rsplit("/", 1)[-1])
        if self.image_type == "quicklook":
            from skybatch.imaging import quicklook  # numpy and astropy, only where one is asked for

            return quicklook.cut_quicklook(self.whole, boxes, origin)
        if self.key.endswith(PLAIN):
            return atlas.cut_ranged(self.read_range, self.size, boxes, origin)
        return atlas.cut(self.whole, boxes, origin)

    def plain(self) -> bytes:
        """The whole image as plain FITS; a Quicklook restored."""
        if self.image_type == "quicklook":
            from skybatch.imaging import quicklook

            return quicklook.restore(self.whole)
        return atlas.plain(self.whole)

    def _missing(self) -> SourceMissing:
        return SourceMissing(f"the archive does not hold {self.key}")
