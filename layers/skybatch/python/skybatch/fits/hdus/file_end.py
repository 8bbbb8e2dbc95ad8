"""What follows an image in its file: nothing, or further HDUs."""

from __future__ import annotations

from skybatch.errors import SourceDamaged
from skybatch.fits.blocks import BLOCK_BYTES
from skybatch.fits.hdus.image_hdu import ImageHdu
from skybatch.fits.readers import Reader


def check_file_end(reader: Reader, image: ImageHdu, position: int) -> None:
    """Compare a file with its image's header from ``position`` on: all pixels there, HDUs or nothing after.

    A compressed stream is read to its end, where its checksum stands, so that one changed bit of it shows.

    Raises SourceDamaged where pixels are missing, bytes that are no HDU follow, or the checksum differs.
    """
    header = image.header
    missing = max(image.data_offset + header.data_bytes - position, 0)
    if reader.skip(missing) < missing:
        raise SourceDamaged(
            f"the file ends before the {header.naxis1} x {header.naxis2} pixels of its header"
        )
    reader.skip(max(image.end - max(position, image.data_offset + header.data_bytes), 0))
    after = bytes(reader.read(BLOCK_BYTES))
    if any(after) and not after.startswith(b"XTENSION"):
        raise SourceDamaged(
            f"the file holds more than the {header.naxis1} x {header.naxis2} pixels of its header"
        )
    reader.read_to_end()
