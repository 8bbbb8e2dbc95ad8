"""A whole stored image as a plain FITS file, and what a stored file tells of itself.

A file of one image comes out byte for byte as it was before it was compressed; the image of any other file as
a primary HDU of its own, as crops have it.
"""

from __future__ import annotations

from skybatch.fits.hdus.file_end import check_file_end
from skybatch.fits.hdus.hdu_choice import FIRST_IMAGE, HduChoice
from skybatch.fits.hdus.image_hdu import ImageHdu, find_image
from skybatch.fits.header import Header, with_end
from skybatch.fits.limits import check_image_bytes
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.readers import open_reader
from skybatch.fits.rows import fits_file
from skybatch.imaging.cutout import open_pixels


def plain_image(source: bytes, hdu: HduChoice = FIRST_IMAGE) -> bytes:
    """Return a stored image, gzip, plain or in tiles, as plain FITS.

    Raises SourceDamaged, SourceUnsupported.
    """
    header, pixels = _read(source, hdu, takes_one_pixel=False)
    return fits_file(header, with_end(header.cards), pixels)


def read_pixels(source: bytes, hdu: HduChoice = FIRST_IMAGE) -> tuple[Header, bytes]:
    """Return the header of an image, gzip, plain or in tiles, and its pixels as a plain file has them.

    It may be a crop, of one pixel too. Raises SourceDamaged, SourceUnsupported.
    """
    return _read(source, hdu, takes_one_pixel=True)


def _read(source: bytes, hdu: HduChoice, *, takes_one_pixel: bool) -> tuple[Header, bytes]:
    reader = open_reader(source)
    image = find_image(reader, hdu, takes_one_pixel=takes_one_pixel)
    check_image_bytes(image.header.file_bytes)
    whole = _whole(image)
    return image.header, open_pixels(source, reader, image, [whole]).cut(whole)


def check_stored_file(source: bytes, hdu: HduChoice = FIRST_IMAGE) -> Header:
    """Check what a stored file tells of itself; return its image's header.

    Of tiles only our own are read, which have checksums.

    Raises SourceDamaged, SourceUnsupported.
    """
    reader = open_reader(source)
    image = find_image(reader, hdu)
    if image.table is None:
        check_file_end(reader, image, image.data_offset)
    else:
        open_pixels(source, reader, image, [_whole(image)] if image.is_in_own_tiles else [])
    return image.header


def _whole(image: ImageHdu) -> PixelBox:
    return PixelBox(0, 0, image.header.naxis1, image.header.naxis2)
