"""Rows of pixels: numpy's slices, and files that astropy opens."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits

from skybatch.fits.header import parse_header
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.rows import PixelRows, cutout_file, fits_file
from tests.support.images.fits_files import make_image
from tests.support.images.fits_oracle import cards, opened

BOXES = [PixelBox(0, 20, 40, 30), PixelBox(5, 25, 7, 3), PixelBox(39, 49, 1, 1)]


def rows_of(image: bytes, first: int, last: int) -> PixelRows:
    header = parse_header(b"".join(cards(image)))
    start = header.blocks * 2880
    data = image[start + first * header.row_bytes : start + last * header.row_bytes]
    return PixelRows(data, first, last, header)


@pytest.mark.parametrize("bitpix", [8, 16, 32, 64, -32, -64])
@pytest.mark.parametrize("box", BOXES)
def test_boxes_are_slices_of_the_image(bitpix: int, box: PixelBox) -> None:
    image = make_image(nx=40, ny=60, bitpix=bitpix)
    expected = opened(image).data[box.y0 : box.y0 + box.ny, box.x0 : box.x0 + box.nx]
    assert rows_of(image, 20, 50).cut(box) == expected.tobytes()


@pytest.mark.parametrize(
    ("y0", "ny", "held"), [(20, 30, True), (19, 5, False), (45, 6, False), (49, 1, True)]
)
def test_rows_know_which_boxes_they_hold(y0: int, ny: int, held: bool) -> None:
    assert rows_of(make_image(nx=40, ny=60), 20, 50).contains_rows(PixelBox(0, y0, 1, ny)) is held


def test_a_cutout_is_a_whole_file() -> None:
    image = make_image(nx=40, ny=60)
    rows = rows_of(image, 0, 60)
    file = cutout_file(rows.header, rows, BOXES[1], b"CUTBY   = 'us      '".ljust(80))
    hdu = opened(file)
    assert len(file) % 2880 == 0
    assert hdu.header["CUTBY"] == "us"
    assert np.array_equal(hdu.data, opened(image).data[25:28, 5:12])


@pytest.mark.parametrize("checksum", [True, False])
def test_checksums_are_true_where_the_parent_has_them(checksum: bool) -> None:
    stored = io.BytesIO()
    fits.PrimaryHDU(np.arange(600, dtype=np.int16).reshape(30, 20)).writeto(stored, checksum=checksum)
    parent = parse_header(b"".join(cards(stored.getvalue())))
    file = fits_file(parent, parent.cutout(PixelBox(0, 0, 20, 30), b""), bytes(1200))
    with fits.open(io.BytesIO(file)) as hdus:
        assert hdus[0].verify_checksum() == (1 if checksum else 2)
        assert not hdus[0].data.any()
