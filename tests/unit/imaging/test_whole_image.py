"""Whole images as plain FITS: as they were compressed, or as the image of a primary HDU."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits import limits
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.whole_image import check_stored_file, plain_image
from tests.support.images.compressed_images import compressed, stored_pixels
from tests.support.images.fits_files import gzipped, make_image

IMAGE = make_image(nx=40, ny=50)
OWN = compress_tiled(IMAGE).content


def extensions() -> bytes:
    file = io.BytesIO()
    hdus = [fits.PrimaryHDU(), fits.ImageHDU(np.arange(12, dtype="i2").reshape(3, 4), name="SCI")]
    fits.HDUList([*hdus, fits.ImageHDU(np.ones((2, 2), "u1"), name="DQ")]).writeto(file)
    return file.getvalue()


SEVERAL = extensions()


@pytest.mark.parametrize(
    "stored", [IMAGE, gzipped(IMAGE), OWN, gzipped(OWN)], ids=["plain", "gzip", "tiles", "gzipped tiles"]
)
def test_a_file_of_one_image_comes_out_as_it_was(stored: bytes) -> None:
    assert plain_image(stored) == IMAGE
    assert check_stored_file(stored).naxis1 == 40


@pytest.mark.parametrize("compress", [bytes, gzipped])
def test_the_image_of_an_extension_is_a_file_of_its_own(compress: type[bytes]) -> None:
    stored = compress(SEVERAL)
    with fits.open(io.BytesIO(plain_image(stored))) as hdus:
        assert len(hdus) == 1
        assert hdus[0].data.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert fits.getdata(io.BytesIO(plain_image(stored, "dq"))).tolist() == [[1, 1], [1, 1]]
    assert check_stored_file(stored, 2).bitpix == 8


def test_tiles_of_other_programs_are_decoded() -> None:
    stored = compressed(-32)
    assert np.array_equal(
        fits.getdata(io.BytesIO(plain_image(stored))), stored_pixels(stored), equal_nan=True
    )
    assert check_stored_file(gzipped(stored)).bitpix == -32


@pytest.mark.parametrize(
    ("stored", "kind"),
    [
        (IMAGE[:-3000], SourceDamaged),
        (IMAGE + b"x", SourceDamaged),
        (gzipped(IMAGE)[:-9], SourceDamaged),
        (OWN[:-3000], SourceDamaged),
        (compressed(-32)[:-9000], SourceDamaged),
        (make_image(nx=40, ny=50, cards={"NAXIS": 0}), SourceUnsupported),
    ],
)
def test_what_is_damaged_is_one_typed_error(stored: bytes, kind: type[Exception]) -> None:
    for read in (plain_image, check_stored_file):
        with pytest.raises(kind):
            read(stored)


def test_tiles_far_within_gzip_data_are_not_inflated_to_any_length(monkeypatch: pytest.MonkeyPatch) -> None:
    tiles = compressed(-32)
    before = fits.ImageHDU(np.zeros(200_000, "u1"))
    file = io.BytesIO()
    with fits.open(io.BytesIO(tiles), disable_image_compression=True) as hdus:
        fits.HDUList([fits.PrimaryHDU(), before, *hdus[1:]]).writeto(file)
    stored = gzipped(file.getvalue())
    assert plain_image(stored) == plain_image(tiles)
    monkeypatch.setattr(limits, "MAX_IMAGE_BYTES", 200_000)
    for read in (plain_image, check_stored_file):
        with pytest.raises(SourceUnsupported, match="bytes of memory"):
            read(stored)
