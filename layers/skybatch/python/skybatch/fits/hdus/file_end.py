"""What follows an image in its file: nothing, or further HDUs."""

from __future__ import annotations

from skybatch.fits.hdus.image_hdu import ImageHdu
from skybatch.fits.readers import Reader
from skybatch.fits.stored_file import has_hdu_after


def check_file_end(reader: Reader, image: ImageHdu, position: int) -> None:
    """Compare a file with its image's header from ``position`` on: all pixels there, HDUs or nothing after.

    A compressed stream is read to its end, where its checksum stands, so that one changed bit of it shows.

    Raises SourceDamaged where pixels are missing, bytes that are no HDU follow, or the checksum differs.
    """
    has_hdu_after(reader, image.header, image.data_offset, image.end, position)
    reader.read_to_end()
