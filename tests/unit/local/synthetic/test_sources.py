"""Stars are fixed on the sky: whoever looks at a place finds the same ones."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from local.synthetic.sources import BRIGHTEST, FAINTEST, NAMED, Sources, stars_near


def within(sources: Sources, ra: float, dec: float, radius: float) -> set[tuple[float, float]]:
    places = SkyCoord(sources.ra * u.deg, sources.dec * u.deg)
    near = places.separation(SkyCoord(ra * u.deg, dec * u.deg)) < radius * u.deg
    return set(zip(sources.ra[near].tolist(), sources.dec[near].tolist(), strict=True))


@pytest.mark.parametrize(
    ("ra", "dec"), [(65.5, 19.5), (0.0, 20.0), (359.99, -45.0), (130.0, 86.9), (10.0, -89.95)]
)
def test_a_wider_search_finds_the_same_stars(ra: float, dec: float) -> None:
    near = within(stars_near(ra, dec, 0.2), ra, dec, 0.2)
    assert near
    assert near == within(stars_near(ra, dec, 1.0), ra, dec, 0.2)


def test_positions_lie_on_the_sky_and_magnitudes_in_their_range() -> None:
    found = stars_near(180.0, 89.9, 1.0)
    drawn = slice(len(NAMED.ra), None)
    assert ((found.ra >= 0) & (found.ra <= 360) & (np.abs(found.dec) <= 90)).all()
    j = found.magnitudes[drawn, 0]
    assert ((j >= BRIGHTEST) & (j <= FAINTEST)).all()
    assert (np.diff(found.magnitudes[drawn], axis=1) < 0).all()  # stars are brighter in H and K
