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
    expected = np.nan_to_num(shown) * 255
    got = stretch.stretch_grey(pixels)
    assert np.abs(got - expected).max() <= 0.7
    assert got[3, 4] == 0


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


def test_pixels_that_are_not_finite_are_black() -> None:
    bands = np.full((2, 2, 3), 9.0, np.float32)
    bands[0, 0] = np.nan
    assert stretch.lupton_rgb(bands, 1.0)[0, 0].tolist() == [0, 0, 0]
    assert not stretch.stretch_grey(np.full((3, 3), np.inf, np.float32)).any()


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
