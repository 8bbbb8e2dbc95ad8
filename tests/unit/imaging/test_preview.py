"""Previews: astropy's stretches and world coordinates are the judge, Pillow reads the files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from numpy.typing import NDArray

from skybatch.errors import SourceDamaged, SourceDiffers
from skybatch.fits.hdus.hdu_choice import FIRST_IMAGE
from skybatch.imaging import preview
from skybatch.imaging.stretch import NO_DATA
from tests.support.images.fits_files import gzipped, make_image
from tests.support.images.png import read_comment, read_png


def with_pixels(pixels: NDArray[np.floating], cards: Mapping[str, float | None] | None = None) -> bytes:
    """A plain FITS image with these pixels and the usual coordinates."""
    hdu = fits.PrimaryHDU(pixels.astype(">f4"))
    given: dict[str, float | None] = {"CDELT1": -1 / 3600, "CDELT2": 1 / 3600, "CROTA2": 0.0, "MAGZP": 20.0}
    given |= cards or {}
    hdu.header.update({name: value for name, value in given.items() if value is not None})
    written = io.BytesIO()
    hdu.writeto(written)
    return written.getvalue()


def file_of(hdus: fits.HDUList) -> bytes:
    """The bytes of a file."""
    written = io.BytesIO()
    hdus.writeto(written, output_verify="silentfix")
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
    rows, columns, _ = read_png(png).shape
    assert max(rows, columns) <= preview.LONGEST_SIDE
    assert rows / columns == pytest.approx(2, rel=0.02)
    assert len(png) < 100_000


@pytest.mark.parametrize("pixels", [np.full((20, 30), 7.0), np.zeros((1, 1))])
def test_images_of_one_value_have_previews_too(pixels: NDArray[np.floating]) -> None:
    image = with_pixels(pixels)
    assert read_png(preview.grey_preview(image)).shape == pixels.shape
    assert read_png(preview.colour_preview(image, image, image)).shape == (*pixels.shape, 3)


def test_an_image_without_data_has_a_preview_that_says_so() -> None:
    image = with_pixels(np.full((20, 30), np.nan))
    for png in (preview.grey_preview(image), preview.colour_preview(image, image, image)):
        assert (read_png(png) == NO_DATA).all()
        assert read_comment(png).startswith("100 % of the picture has no data")
    assert read_comment(preview.grey_preview(with_pixels(np.full((20, 30), 7.0)))) == ""


@pytest.mark.parametrize(
    ("bitpix", "cards", "values"),
    [
        (-32, {}, [np.nan, np.inf, -np.inf]),
        (-64, {}, [np.nan, 1e300, -np.inf]),
        (16, {"BLANK": -32768, "BSCALE": 0.5, "BZERO": 100.0}, [-32768] * 3),
        (8, {"BLANK": 0}, [0] * 3),
        (64, {"BLANK": -(2**63)}, [-(2**63)] * 3),
    ],
)
def test_pixels_without_data_are_of_their_colour_and_no_others(
    bitpix: int, cards: dict[str, float], values: list[float]
) -> None:
    made = make_image(nx=60, ny=40, bitpix=bitpix, cards=cards)
    with fits.open(io.BytesIO(made), do_not_scale_image_data=True) as hdus:
        if bitpix < 0:
            hdus[0].data[~np.isfinite(hdus[0].data)] = 90.0
        hdus[0].data[5, 10:13] = values
        image = file_of(hdus)
    missing = (read_png(preview.grey_preview(image)) == NO_DATA).all(axis=-1)
    assert sorted(zip(*np.nonzero(missing), strict=True)) == [(34, 10), (34, 11), (34, 12)]
    shown = read_png(preview.colour_preview(image, made, made))
    assert (shown[34, 10:13] == NO_DATA).all(), "a band without data"


@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_what_a_survey_writes_where_it_has_no_data(scale: float) -> None:
    made = make_image(nx=60, ny=40, bitpix=16, cards={"BSCALE": scale})
    with fits.open(io.BytesIO(made), do_not_scale_image_data=True) as hdus:
        hdus[0].data[:, :7] = 0
        hdus[0].data[:, 7] = -4
        image = file_of(hdus)
    reading = preview.PixelReading(no_data=(0.0, -4 * scale))
    shown = read_png(preview.grey_preview(image, reading=reading))
    assert (shown[:, :8] == NO_DATA).all()
    assert not (shown[:, 8:] == NO_DATA).all(axis=-1).any()
    assert read_png(preview.grey_preview(image)).shape == (40, 60)


@pytest.mark.parametrize("hdu", [FIRST_IMAGE, 1, "SCI", 2, "DQ"])
@pytest.mark.parametrize("compression", ["", "RICE_1", "GZIP_2"])
def test_the_image_may_be_in_any_hdu(hdu: int | str, compression: str) -> None:
    pixels = np.random.default_rng(2).integers(0, 900, (2, 30, 50)).astype(np.int16)
    hdus = fits.HDUList([fits.PrimaryHDU()])
    for name, data in zip(("SCI", "DQ"), pixels, strict=True):
        kind = fits.CompImageHDU if compression else fits.ImageHDU
        options = {"compression_type": compression} if compression else {}
        hdus.append(kind(data, name=name, **options))
    shown = preview.scaled_image(file_of(hdus), reading=preview.PixelReading(hdu)).pixels
    np.testing.assert_array_equal(shown[::-1], pixels[1 if hdu in (2, "DQ") else 0])


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


BANDS_OF_OTHER_PIXELS = {
    "size": {"nx": 41},
    "half the size": {"nx": 600, "ny": 600},
    "reference pixel": {"cards": {"CRPIX1": 22.5}},
    "place": {"ra": 180.01},
    "rotation": {"rotation": 20.0},
    "scale": {"cards": {"CDELT1": -3e-4, "CDELT2": 3e-4}},
}


@pytest.mark.parametrize("other", BANDS_OF_OTHER_PIXELS.values(), ids=BANDS_OF_OTHER_PIXELS)
def test_bands_of_different_pixels_do_not_mix(other: dict[str, Any]) -> None:
    """Where pictures of them would be of one size, too."""
    sides: dict[str, Any] = {"nx": 40, "ny": 40} if "ny" not in other else {"nx": 300, "ny": 300}
    one, another = make_image(**sides), make_image(**{**sides, **other})
    with pytest.raises(SourceDiffers):
        preview.colour_preview(one, one, another)
    with pytest.raises(SourceDiffers):
        preview.colour_preview(another, one, one)


def test_bands_of_a_hundredth_of_a_pixel_apart_do_mix() -> None:
    one, another = (make_image(nx=40, ny=40, cards={"CRPIX1": 20.5 + shift}) for shift in (0.0, 0.01))
    assert read_png(preview.colour_preview(one, another, one)).shape == (40, 40, 3)


@pytest.mark.parametrize("scales", [(1.0, 1.0, 1.0), (1e-6, 3.0, 40.0), (1e-30, 1e-33, 1e-31)])
def test_bands_of_unknown_zero_points_have_equal_noise(scales: tuple[float, float, float]) -> None:
    """Whatever their units are, the noise of the sky is grey."""
    rng = np.random.default_rng(6)
    cards = {"MAGZP": None}
    images = [with_pixels(rng.normal(5, 1, (60, 60)) * scale, cards) for scale in scales]
    means = read_png(preview.colour_preview(*images)).reshape(-1, 3).mean(axis=0)
    assert np.ptp(means) < 0.1 * means.max()
    with_one = [*images[:2], with_pixels(rng.normal(5, 1, (60, 60)) * scales[2])]
    means = read_png(preview.colour_preview(*with_one)).reshape(-1, 3).mean(axis=0)
    assert np.ptp(means) < 0.1 * means.max()


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
    assert shown.shape[:2] == means.shape
    assert (shown[rows - 1 - row, column] == 255).all()
