"""Maps by astropy against `astropy.wcs.WCS` of the same header; what is not shown is NaN."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from astropy.wcs import WCS

from skybatch.sky.distortions.astropy_map import AstropyMap
from tests.support.survey.wcs_kinds import bent_header, random_pixels
from tests.support.survey.wcs_oracle import SIDES


def made(kind: str, ra: float = 40.0, dec: float = 20.0, seed: int = 1) -> tuple[AstropyMap, WCS]:
    cards = bent_header(kind, ra, dec, np.random.default_rng(seed))
    matrix = tuple(float(cards[f"CD{element}"]) for element in ("1_1", "1_2", "2_1", "2_2"))
    terms = tuple((name, float(value)) for name, value in cards.items() if name.startswith("PV"))
    crpix, crval = ((float(cards[f"{name}1"]), float(cards[f"{name}2"])) for name in ("CRPIX", "CRVAL"))
    code = str(cards["CTYPE1"])[5:]
    ours = AstropyMap("TPV" if kind == "SCAMP" else code, crpix, crval, matrix, terms)  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ours, WCS(cards)


@pytest.mark.parametrize("kind", ["TPV", "SCAMP", "ZPN", "CAR", "NCP", "ARC"])
def test_positions_and_pixels_are_astropys(kind: str) -> None:
    ours, theirs = made(kind)
    pixels = random_pixels(np.random.default_rng(2), 500)
    world = theirs.all_pix2world(pixels, 1)
    assert np.abs(ours.to_sky(*pixels.T) - world).max() < 1e-10
    assert np.abs(np.stack(ours.to_pixel(*world.T), axis=-1) - pixels).max() < 1e-4


@pytest.mark.parametrize("kind", ["TPV", "ZPN", "NCP"])
def test_what_is_far_away_is_on_no_pixel_of_the_image(kind: str) -> None:
    ours, theirs = made(kind)
    rng = np.random.default_rng(3)
    ra, dec = rng.uniform(0, 360, 20_000), np.degrees(np.arcsin(rng.uniform(-1, 1, 20_000)))
    x, y = ours.to_pixel(ra, dec)
    claimed = (x > 0.5) & (x < SIDES[0] + 0.5) & (y > 0.5) & (y < SIDES[1] + 0.5)
    world = theirs.all_pix2world(np.stack([x, y], axis=-1)[claimed], 1)
    assert np.abs(world - np.stack([ra, dec], axis=-1)[claimed]).max(initial=0.0) < 1e-5
    assert claimed.sum() < 20


def test_positions_that_are_none_are_on_no_pixel() -> None:
    ours, _ = made("TPV")
    x, y = ours.to_pixel(np.array([np.nan, 40.0]), np.array([0.0, 20.0]))
    assert np.isnan(x).tolist() == np.isnan(y).tolist() == [True, False]


def test_pixels_without_sky_are_nan() -> None:
    ours = AstropyMap("ZEA", (100.0, 100.0), (0.0, 0.0), (-1.0, 0.0, 0.0, 1.0))
    sky = ours.to_sky(np.array([100.0, 900.0]), np.array([100.0, 900.0]))
    assert np.isnan(sky).any(axis=1).tolist() == [False, True]
