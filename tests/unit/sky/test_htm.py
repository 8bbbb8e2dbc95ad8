"""The inventory's bin, held against genuine rows and an independent implementation of the mesh."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.sky.htm import htm_bin

# Reference positions and bins of the survey archive's own inventory.
GENUINE = [
    (139.7273514, -31.28324208, 113321102),
    (139.7274085, -31.01379764, 113321102),
    (139.8662883, -31.06903730, 113321102),
]
# lsst.sphgeom 30's HtmPixelization(7), which agreed on 100,000 random positions besides.
SPHGEOM = [
    (0, 90, 231000000),
    (0, -90, 101000000),
    (0, 0, 232000000),
    (90, 0, 230000000),
    (180, 0, 220000000),
    (270, 0, 210000000),
    (45, 1e-9, 233100000),
    (10.6814533, 41.29402879, 233001221),
    (266.4, -29.0, 122212220),
    (83.82, -5.39, 102032200),
    (359.9999, 0.0001, 200000000),
    (210.8, 54.35, 211112103),
    (12.5, -72.8, 101023113),
    (300.1, 22.7, 203120322),
    (201.7, -43.02, 123233322),
    (123.4567, -0.0001, 110212000),
    (37.95, 89.26, 231000003),
    (314.30417, 77.595559, 201030300),
    (65.497627, 19.53507, 230300101),
    (180.00001, -89.5, 121000000),
]


@pytest.mark.parametrize(("ra", "dec", "expected"), GENUINE + SPHGEOM)
def test_bin_of_known_positions(ra: float, dec: float, expected: int) -> None:
    assert htm_bin([ra], [dec]).tolist() == [expected]


def test_bins_are_computed_for_all_positions_at_once_and_for_none() -> None:
    ra, dec, expected = np.array(SPHGEOM).T
    assert htm_bin(ra, dec).tolist() == expected.astype(int).tolist()
    assert htm_bin([], []).tolist() == []


def test_right_ascension_wraps() -> None:
    assert htm_bin([-20.3], [12.0]).tolist() == htm_bin([339.7], [12.0]).tolist()
