"""A whole stored image as a plain FITS file, and what a stored file tells of itself.

A file of one image comes out byte for byte as it was before it was compressed; the image of any other file as
a primary HDU of its own, as crops have it.
"""

from __future__ import annotations

from skybatch.fits.hdus.file_end import check_file_end
from skybatch.fits.hdus.image_hdu import FIRST_IMAGE, HduChoice, ImageHdu, find_image
from skybatch.fits.header import Header, with_end
from skybatch.fits.limits import check_image_bytes
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.readers import open_reader
from skybatch.fits.rows import fits_file
from skybatch.fits.tiles.gzip2_reader import decompress_tiled, is_own_table
from skybatch.imaging.cutout import open_pixels


def plain_image(source: bytes, hdu: HduChoice = FIRST_IMAGE) -> bytes:
    """Return a stored image, gzip, plain or in tiles, as plain FITS.

    Raises SourceDamaged, SourceUnsupported.
    """
    image = find_image(open_reader(source), hdu)
    check_image_bytes(image.header.file_bytes)
    if is_in_own_tiles(image):
        return decompress_tiled(source)
    whole = PixelBox(0, 0, image.header.naxis1, image.header.naxis2)
    pixels = open_pixels(source, image, [whole])
    return fits_file(image.header, with_end(image.header.cards), pixels.cut(whole))


def check_stored_file(source: bytes, hdu: HduChoice = FIRST_IMAGE) -> Header:
    """Check what a stored file tells of itself, its pixels in tiles left out; return its image's header.

    Raises SourceDamaged, SourceUnsupported.
    """
    reader = open_reader(source)
    image = find_image(reader, hdu)
    if is_in_own_tiles(image):
        decompress_tiled(source)
    elif image.table is None:
        check_file_end(reader, image, image.data_offset)
    else:
        open_pixels(source, image, [])
    return image.header


def is_in_own_tiles(image: ImageHdu) -> bool:
    """Tell whether an image is in lossless tiles as `gzip2_writer` makes them, whose checksums we know."""
    return image.number == 1 and image.table is not None and is_own_table(image.table)
