"""Pixel values to 8 bits: astropy's stretches are the judge."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.stats import sigma_clipped_stats
from astropy.visualization import AsinhStretch, AsymmetricPercentileInterval, make_lupton_rgb

from skybatch.imaging import stretch


def test_stretched_as_astropy_does() -> None:
    pixels = np.random.default_rng(2).gamma(2.0, 50.0, (90, 70)).astype(np.float32)
    pixels[3, 4] = np.nan
    interval = AsymmetricPercentileInterval(*stretch.PERCENTILES)
    shown = AsinhStretch(stretch.SOFTENING)(interval(pixels))
    expected = np.repeat(np.nan_to_num(shown)[..., None] * 255, 3, axis=-1)
    got = stretch.stretch_grey(pixels)
    expected[3, 4] = stretch.NO_DATA
    assert got.shape == (90, 70, 3)
    assert np.abs(got - expected).max() <= 0.7
    assert stretch.stretch_grey(np.nan_to_num(pixels)).shape == pixels.shape


def test_colours_are_luptons_as_astropy_makes_them() -> None:
    rng = np.random.default_rng(3)
    bands = (rng.normal(0, 1, (60, 50, 3)) + 5000 * rng.random((60, 50, 3)) ** 20).astype(np.float32)
    expected = make_lupton_rgb(
        *np.moveaxis(bands, -1, 0), minimum=0, stretch=12.0, Q=stretch.SOFTNESS
    ).astype(int)
    got = stretch.lupton_rgb(bands, 12.0).astype(int)
    assert expected.max() == 255
    assert np.abs(got - expected).max() <= 1


def test_sky_noise_is_that_of_the_sky_without_its_stars() -> None:
    rng = np.random.default_rng(9)
    pixels = rng.normal(100, 3, (200, 200)).astype(np.float32)
    pixels[:10] += 4000
    pixels[-1] = np.nan
    expected = sigma_clipped_stats(pixels[:-1])[2]
    assert stretch.sky_noise(pixels) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("value", [5.0, np.nan])
def test_without_noise_there_is_a_width_to_divide_by(value: float) -> None:
    assert stretch.sky_noise(np.full((4, 4), value, np.float32)) == 1.0


def test_brighter_than_white_keeps_its_colour() -> None:
    faint = np.array([[[2.0, 1.0, 0.5]]], np.float32)
    ratio = stretch.lupton_rgb(faint, 1.0)[0, 0].astype(float)
    bright = stretch.lupton_rgb(faint * 1e6, 1.0)[0, 0].astype(float)
    assert bright[0] == 255
    assert bright / bright[0] == pytest.approx(ratio / ratio[0], abs=0.02)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", ["asinh", "linear", "zscale"])
def test_pixels_that_are_not_finite_have_a_colour_of_their_own_and_set_no_limits(
    kind: str, value: float
) -> None:
    pixels = np.random.default_rng(11).normal(0, 1, (40, 30)).astype(np.float32)
    holed = pixels.copy()
    holed[:, :5] = value
    got = stretch.stretch_grey(holed, stretch.Stretch(kind))
    assert (got[:, :5] == stretch.NO_DATA).all()
    alone = stretch.stretch_grey(pixels[:, 5:], stretch.Stretch(kind))
    np.testing.assert_array_equal(got[:, 5:], np.repeat(alone[..., None], 3, axis=-1))
    nothing = stretch.stretch_grey(np.full((3, 3), value, np.float32), stretch.Stretch(kind))
    assert (nothing == stretch.NO_DATA).all()


def test_the_colour_of_no_data_stands_out_from_black_and_white_and_is_no_grey() -> None:
    """At 3 to 1 as WCAG 2.2 asks of pictures, so on pages in light and in dark mode too."""
    linear = [((c / 255 + 0.055) / 1.055) ** 2.4 for c in stretch.NO_DATA]
    luminance = float(np.dot((0.2126, 0.7152, 0.0722), linear))
    assert (luminance + 0.05) / 0.05 >= 3.0
    assert 1.05 / (luminance + 0.05) >= 3.0
    assert max(stretch.NO_DATA) - min(stretch.NO_DATA) > 100


@pytest.mark.parametrize("value", [0.0, -7.0, 1e30])
@pytest.mark.parametrize("kind", ["asinh", "linear", "zscale"])
def test_an_image_of_one_value_is_neither_dark_nor_bright(kind: str, value: float) -> None:
    assert (stretch.stretch_grey(np.full((9, 9), value, np.float32), stretch.Stretch(kind)) == 128).all()


@pytest.mark.parametrize("scale", [1e-44, 1e-36, 1e-20, 1.0, 1e20, 3e38])
def test_values_of_any_size_are_shown(scale: float) -> None:
    """Of 32 bits the least and the greatest; fluxes in watts are as small as that."""
    ramp = (np.linspace(-1, 1, 3000).reshape(50, 60) * scale).astype(np.float32)
    with np.errstate(all="raise", under="ignore"):
        got = stretch.stretch_grey(ramp, stretch.Stretch("linear", 0, 100)).astype(int)
    assert (got.min(), got.max()) == (0, 255)
    assert (np.diff(got.ravel()) >= 0).all()


def test_few_bright_pixels_in_an_image_of_one_value_are_seen() -> None:
    """As in a mask: the percentiles alone are one value."""
    pixels = np.zeros((100, 100), np.float32)
    pixels[50, 50:53] = 1e-9, 2e-9, 4e-9
    got = stretch.stretch_grey(pixels)[50, 49:53].tolist()
    assert got == sorted(set(got))
    assert (got[0], got[-1]) == (0, 255)
    assert stretch.sky_noise(pixels) == pytest.approx(float(pixels.std()), rel=1e-3)


def test_zscale_and_linear_are_those_of_astropy() -> None:
    from astropy.visualization import LinearStretch, ManualInterval, ZScaleInterval

    rng = np.random.default_rng(7)
    pixels = rng.normal(100, 5, (120, 80)).astype(np.float32)
    pixels[40:44, 40:44] += 500
    limits = ZScaleInterval().get_limits(pixels)
    expected = LinearStretch()(ManualInterval(*limits)(pixels.astype(np.float64)))
    got = stretch.stretch_grey(pixels, stretch.Stretch("zscale"))
    np.testing.assert_allclose(got, expected * 255, atol=0.6)
    low, high = np.percentile(pixels, (20, 90))
    expected = LinearStretch()(ManualInterval(low, high)(pixels.astype(np.float64)))
    got = stretch.stretch_grey(pixels, stretch.Stretch("linear", 20, 90))
    np.testing.assert_allclose(got, expected * 255, atol=0.6)
