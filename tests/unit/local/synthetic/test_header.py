"""Headers of synthetic images are valid FITS with the values that they are made from."""

from __future__ import annotations

from io import BytesIO

import pytest
from astropy.io import fits

from local.synthetic.header import HEADER_BYTES, header
from local.synthetic.scans import PIXEL, ImageSet, image_sets


@pytest.mark.parametrize(
    "images", image_sets(few=True), ids=lambda images: f"{images.scan.date}-{images.image}"
)
def test_astropy_reads_every_value_back(images: ImageSet) -> None:
    text = header(images, "h", sky=120.5, noise=3.25, magzp=20.9, seesh=1.02)
    assert len(text) == HEADER_BYTES
    read = fits.Header.fromfile(BytesIO(text))
    assert (read["FILTER"], read["SCANNO"], read["ORDATE"]) == ("h", images.scan.scan, images.scan.date)
    assert (read["NAXIS2"], read["CRPIX2"]) == (images.naxis2, (images.naxis2 + 1) / 2)
    assert (read["CRVAL1"], read["CRVAL2"], read["CROTA2"]) == (images.crval1, images.crval2, images.crota2)
    assert read["CDELT2"] == pytest.approx(PIXEL, rel=1e-9)
    assert (read["SKYVAL"], read["MAGZP"], read["SEESH"]) == (120.5, 20.9, 1.02)
