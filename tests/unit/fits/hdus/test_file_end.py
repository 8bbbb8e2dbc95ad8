"""What follows an image in its file."""

from __future__ import annotations

import pytest

from skybatch.errors import SourceDamaged
from skybatch.fits.hdus.file_end import check_file_end
from skybatch.fits.hdus.image_hdu import find_image
from skybatch.fits.readers import open_reader
from tests.support.images.fits_files import gzipped, make_image

IMAGE = make_image(nx=20, ny=30)
EXTENSION = b"XTENSION= 'IMAGE   '".ljust(2880)


@pytest.mark.parametrize("compress", [bytes, gzipped])
@pytest.mark.parametrize("end", [b"", bytes(2880), EXTENSION, EXTENSION + b"x" * 5000])
def test_nothing_or_further_hdus_may_follow(compress: type[bytes], end: bytes) -> None:
    reader = open_reader(compress(IMAGE + end))
    image = find_image(reader)
    check_file_end(reader, image, image.data_offset)


@pytest.mark.parametrize("compress", [bytes, gzipped])
@pytest.mark.parametrize(("stored", "named"), [(IMAGE[:-2000], "ends before"), (IMAGE + b"x", "more than")])
def test_missing_pixels_and_other_bytes_are_damage(compress: type[bytes], stored: bytes, named: str) -> None:
    reader = open_reader(compress(stored))
    with pytest.raises(SourceDamaged, match=named):
        check_file_end(reader, find_image(reader), 11_520)


def test_the_end_of_a_compressed_stream_is_verified() -> None:
    stored = bytearray(gzipped(IMAGE + EXTENSION))
    stored[-6] ^= 1
    reader = open_reader(bytes(stored))
    with pytest.raises(SourceDamaged, match="gzip"):
        check_file_end(reader, find_image(reader), 11_520)
