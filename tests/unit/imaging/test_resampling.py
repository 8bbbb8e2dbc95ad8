"""Averaging and turning: astropy and numpy are the judges."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.nddata import block_reduce
from numpy.typing import NDArray

from skybatch.errors import SourceUnsupported
from skybatch.imaging import resampling


def test_means_leave_blank_pixels_out() -> None:
    pixels = np.arange(64, dtype=np.float32).reshape(8, 8)
    pixels[0, 0] = pixels[4:6, 4:6] = np.nan
    small = resampling.block_mean(pixels, 4)
    assert small.shape == (4, 4)
    assert small[0, 0] == pytest.approx((1 + 8 + 9) / 3)
    assert np.isnan(small[2, 2])


@pytest.mark.parametrize(("shape", "side"), [((80, 60), 2), ((81, 62), 3), ((7, 100), 5), ((40, 40), 1)])
def test_means_are_those_of_astropy(shape: tuple[int, int], side: int) -> None:
    """Incomplete blocks at the edges are dropped."""
    pixels = np.random.default_rng(8).random(shape).astype(np.float32)
    longest = -(-max(shape) // side)
    got = resampling.block_mean(pixels, longest)
    assert max(got.shape) <= longest
    np.testing.assert_allclose(got, block_reduce(pixels, side, np.mean), rtol=1e-5)


def test_an_image_thinner_than_a_block_is_sampled() -> None:
    pixels = np.arange(300, dtype=np.float32).reshape(1, 300)
    np.testing.assert_array_equal(resampling.block_mean(pixels, 100), pixels[:, ::3])


def turn(degrees: float) -> NDArray[np.float64]:
    """From (column, row) to (east, north) of an image turned by CROTA2, 1 degree a pixel."""
    angle = np.radians(degrees)
    return np.array([[-np.cos(angle), -np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def test_an_upright_image_is_only_written_from_the_top() -> None:
    pixels = np.arange(12, dtype=np.float32).reshape(3, 4)
    np.testing.assert_array_equal(resampling.rotate_north_up(pixels, turn(0)), pixels[::-1])


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_quarter_turns_are_numpys(quarter: int) -> None:
    pixels = np.arange(12, dtype=np.float32).reshape(3, 4)
    got = resampling.rotate_north_up(pixels, turn(90 * quarter))
    assert any(np.array_equal(got, np.rot90(pixels[::-1], k)) for k in (quarter, -quarter))


def test_the_corners_of_a_turned_image_are_blank() -> None:
    got = resampling.rotate_north_up(np.ones((50, 50), np.float32), turn(45))
    assert got.shape[0] == pytest.approx(50 * np.sqrt(2), abs=2)
    assert np.isnan([got[0, 0], got[0, -1], got[-1, 0], got[-1, -1]]).all()
    assert np.isfinite(got).sum() == pytest.approx(2500, rel=0.03)


@pytest.mark.parametrize(
    "scales",
    [(-1e-11, 1.0), (-1.0, 1e-11), (-5.0, 1.0), (0.0, 1.0), (0.0, 0.0), (np.nan, 1.0), (np.inf, 1.0)],
)
@pytest.mark.parametrize("degrees", [0.0, 0.01, 30.0])
def test_pixels_far_from_square_are_not_drawn(scales: tuple[float, float], degrees: float) -> None:
    """One of 1e-11 by 1 asked for 821 GiB."""
    with np.errstate(invalid="ignore"):
        matrix = turn(degrees) @ np.diag(scales)
    with pytest.raises(SourceUnsupported):
        resampling.rotate_north_up(np.ones((36, 18), np.float32), matrix)


@pytest.mark.parametrize("scale", [1e-300, 1e-11, 1e150])
@pytest.mark.parametrize("degrees", [0.0, 45.0, 80.0])
def test_a_picture_is_bounded_whatever_the_scale(scale: float, degrees: float) -> None:
    pixels = np.ones((36, 18), np.float32)
    for ratio in (1.0, 3.9):
        shown = resampling.rotate_north_up(pixels, turn(degrees) @ np.diag([scale * ratio, scale]))
        assert max(shown.shape) <= 3 * 36


@pytest.mark.parametrize("degrees", [0, 0.3, 90, 180, 270, 30, 131, 300])
@pytest.mark.parametrize("place", [(3, 4), (20, 31), (1, 1), (24, 40)])
def test_a_place_in_the_image_is_found_in_its_picture(degrees: float, place: tuple[int, int]) -> None:
    columns, rows = 24, 40
    pixels = np.zeros((rows, columns), np.float32)
    pixels[place[1] - 1, place[0] - 1] = 1
    shown = resampling.rotate_north_up(pixels, turn(degrees))
    turned = resampling.NorthUp.of(turn(degrees))
    assert turned.size(columns, rows) == shown.shape[::-1]
    right, down = turned.place(*place, columns, rows)
    found = (right * shown.shape[1] - 0.5, down * shown.shape[0] - 0.5)
    brightest = np.unravel_index(np.nanargmax(shown), shown.shape)
    if np.nanmax(shown) > 0:  # nearest neighbours may leave out a pixel
        assert (brightest[1], brightest[0]) == pytest.approx(found, abs=1.0)
    assert -0.5 <= found[0] <= shown.shape[1]
