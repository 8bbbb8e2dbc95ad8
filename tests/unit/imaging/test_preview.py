"""Previews: astropy's stretches and world coordinates are the judge, Pillow reads the files."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from numpy.typing import NDArray

from skybatch.errors import SourceDamaged, SourceDiffers
from skybatch.imaging import preview
from tests.support.images.fits_files import gzipped, make_image
from tests.support.images.png import read_png


def with_pixels(pixels: NDArray[np.floating], cards: dict[str, float] | None = None) -> bytes:
    """A plain FITS image with these pixels and the usual coordinates."""
    hdu = fits.PrimaryHDU(pixels.astype(">f4"))
    given = {"CDELT1": -1 / 3600, "CDELT2": 1 / 3600, "CROTA2": 0.0, "MAGZP": 20.0}
    hdu.header.update({**given, **(cards or {})})
    written = io.BytesIO()
    hdu.writeto(written)
    return written.getvalue()


@pytest.mark.parametrize("rotation", [0.0, 0.9, 30.0, 90.0, -90.0, 135.0, 180.0, -179.5, 271.0])
@pytest.mark.parametrize("mirrored", [False, True])
def test_north_is_up_and_east_left(rotation: float, mirrored: bool) -> None:
    """A source north of the centre stands above it, one in the east left of it, as astropy's WCS says."""
    ny, nx = 81, 61
    made = make_image(10.0, 5.0, nx=nx, ny=ny, rotation=rotation)
    header = fits.getheader(io.BytesIO(made))
    header["CDELT1"] *= -1 if mirrored else 1
    wcs = WCS(header)
    for east, north, where in ((0, 24, "up"), (24, 0, "left")):
        x, y = wcs.all_world2pix(10.0 + east / 3600 / np.cos(np.radians(5.0)), 5.0 + north / 3600, 0)
        pixels = np.zeros((ny, nx), np.float32)
        rows, columns = np.indices(pixels.shape)
        pixels += 100 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 4)
        cards = {key: header[key] for key in ("CDELT1", "CDELT2", "CROTA2")}
        shown = preview.scaled_image(with_pixels(pixels, cards)).pixels
        row, column = np.unravel_index(np.nanargmax(shown), shown.shape)
        right = column - (shown.shape[1] - 1) / 2
        up = (shown.shape[0] - 1) / 2 - row
        expected = (0, 24) if where == "up" else (-24, 0)
        assert (right, up) == pytest.approx(expected, abs=1.5)


@pytest.mark.parametrize(("rotation", "shape"), [(0.03, (81, 61)), (90.0, (61, 81)), (180.0, (81, 61))])
def test_a_quarter_turn_keeps_every_pixel(rotation: float, shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(4).random((81, 61)).astype(np.float32)
    shown = preview.scaled_image(with_pixels(pixels, {"CROTA2": rotation})).pixels
    assert shown.shape == shape
    np.testing.assert_array_equal(np.sort(shown, axis=None), np.sort(pixels, axis=None))


def test_whole_images_become_small() -> None:
    plain = make_image()
    png = preview.grey_preview(gzipped(plain))
    assert png == preview.grey_preview(plain)
    rows, columns = read_png(png).shape
    assert max(rows, columns) <= preview.LONGEST_SIDE
    assert rows / columns == pytest.approx(2, rel=0.02)
    assert len(png) < 100_000


@pytest.mark.parametrize("pixels", [np.full((20, 30), np.nan), np.full((20, 30), 7.0), np.zeros((1, 1))])
def test_images_of_nothing_have_previews_too(pixels: NDArray[np.floating]) -> None:
    image = with_pixels(pixels)
    assert read_png(preview.grey_preview(image)).shape == pixels.shape
    assert read_png(preview.colour_preview(image, image, image)).shape == (*pixels.shape, 3)


def test_integers_and_headers_without_coordinates() -> None:
    quicklook = make_image(nx=40, ny=50, bitpix=16, cards={"CDELT1": None, "CDELT2": None, "MAGZP": None})
    stored = fits.getdata(io.BytesIO(quicklook))
    np.testing.assert_array_equal(preview.scaled_image(quicklook).pixels, stored[::-1])
    assert read_png(preview.colour_preview(quicklook, quicklook, quicklook)).shape == (50, 40, 3)


def test_blank_pixels_of_a_quicklook_do_not_set_the_stretch() -> None:
    made = make_image(nx=60, ny=60, bitpix=16, cards={"LOSSY": "HCOMPRESS scale 4"})
    header, data = made[: -(60 * 60 * 2 // 2880 + 1) * 2880], np.frombuffer(made[-(3 * 2880) :], ">i2")[:3600]
    masked = data.reshape(60, 60).copy()
    masked[:, :10] = 0
    shown = preview.scaled_image(header + masked.tobytes().ljust(3 * 2880, b"\0")).pixels
    assert np.isnan(shown[:, :10]).all()
    assert np.isfinite(shown[:, 10:]).all()


@pytest.mark.parametrize(("bitpix", "blank"), [(16, None), (32, -5), (8, 255), (-32, None)])
def test_pixels_are_the_values_that_astropy_reads(bitpix: int, blank: int | None) -> None:
    made = make_image(nx=40, ny=50, bitpix=bitpix, cards={"BZERO": 32768.0, "BSCALE": 0.25, "BLANK": blank})
    with np.errstate(invalid="ignore"):
        theirs = fits.getdata(io.BytesIO(made)).astype(np.float32)
    np.testing.assert_array_equal(preview.scaled_image(made).pixels, theirs[::-1])


@pytest.mark.parametrize("rotation", [0.0, 37.3, 90.0, -179.5])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_matrix_turns_an_image_as_crota2_does(rotation: float, mirrored: bool) -> None:
    made = make_image(10.0, 5.0, nx=61, ny=81, rotation=rotation)
    header = fits.getheader(io.BytesIO(made))
    header["CDELT1"] *= -1 if mirrored else 1
    pixels = np.random.default_rng(8).random((81, 61)).astype(np.float32)
    by_rotation = with_pixels(pixels, {key: header[key] for key in ("CDELT1", "CDELT2", "CROTA2")})
    matrix = WCS(header).pixel_scale_matrix
    by_matrix = with_pixels(
        pixels, {f"CD{i + 1}_{j + 1}": float(matrix[i, j]) for i in (0, 1) for j in (0, 1)}
    )
    shown = preview.scaled_image(by_matrix).pixels
    np.testing.assert_array_equal(shown, preview.scaled_image(by_rotation).pixels)


def test_equal_magnitudes_are_white() -> None:
    """The same flux in bands of different zero points gives the same red, green and blue."""
    star = np.zeros((40, 40), np.float32)
    star[20, 20] = 3000.0
    noise = np.random.default_rng(5).normal(0, 1, star.shape)
    points = (20.8, 20.4, 19.9)
    images = [with_pixels((star + noise) * 10 ** (0.4 * (p - 20)) + 100, {"MAGZP": p}) for p in points]
    shown = read_png(preview.colour_preview(*images)).astype(int)
    assert shown.max() > 200
    red, green, blue = shown.reshape(-1, 3)[shown.sum(axis=-1).argmax()]
    assert max(red, green, blue) - min(red, green, blue) <= 2


def test_bands_of_different_pixels_do_not_mix() -> None:
    small, large = make_image(nx=40, ny=40), make_image(nx=41, ny=40)
    with pytest.raises(SourceDiffers):
        preview.colour_preview(small, small, large)


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(SourceDamaged):
        preview.grey_preview(b"<html>")
    with pytest.raises(SourceDamaged):
        preview.grey_preview(make_image()[:100_000])


def test_the_brightest_object_stands_where_astropy_puts_it(survey_data: Path) -> None:
    path = next(survey_data.rglob("ji1010266.fits.gz"))
    data = np.nan_to_num(fits.getdata(path))
    shown = read_png(preview.grey_preview(path.read_bytes()))
    side = -(-max(data.shape) // preview.LONGEST_SIDE)
    rows, columns = (length // side for length in data.shape)
    means = data[: rows * side, : columns * side].reshape(rows, side, columns, side).mean(axis=(1, 3))
    row, column = np.unravel_index(means.argmax(), means.shape)
    assert shown.shape == means.shape
    assert shown[rows - 1 - row, column] == 255
