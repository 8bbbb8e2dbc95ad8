"""SIP polynomials against astropy, on made headers and on the genuine one of a WISE frame."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.wcs import Sip

from skybatch.sky.distortions.sip import SipPolynomials
from tests.support.survey.wcs_kinds import bent_header


def made(seed: int) -> tuple[SipPolynomials, Sip]:
    cards = bent_header("TAN-SIP", 0.0, 0.0, np.random.default_rng(seed))
    terms = {
        name: float(value) for name, value in cards.items() if name[:2] in ("A_", "B_") and "O" not in name
    }
    a, b = np.zeros((5, 5)), np.zeros((5, 5))
    for name, value in terms.items():
        (a if name[0] == "A" else b)[int(name[2]), int(name[4])] = value
    return SipPolynomials.of_terms([terms]), Sip(a, b, None, None, (0.0, 0.0))


@pytest.mark.parametrize("seed", range(5))
def test_shifts_are_astropys(seed: int) -> None:
    ours, theirs = made(seed)
    u, v = np.random.default_rng(seed).uniform(-2500, 2500, (2, 1000))
    expected = theirs.pix2foc(np.stack([u, v], axis=-1), 1)
    found = np.stack(ours.distort(np.zeros(1000, int), u, v), axis=-1)
    assert np.abs(found - expected).max() < 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_restored_offsets_are_those_that_were_distorted(seed: int) -> None:
    ours, _ = made(seed)
    u, v = np.random.default_rng(seed).uniform(-2500, 2500, (2, 1000))
    grid = np.zeros(1000, int)
    back = ours.restore(grid, *ours.distort(grid, u, v))
    assert np.abs(np.stack(back) - [u, v]).max() < 1e-8


def test_each_element_has_the_polynomials_of_its_grid() -> None:
    terms = [{"A_2_0": 1e-5}, {}, {"B_0_0": 0.5, "B_1_1": 2e-5}]
    ours = SipPolynomials.of_terms(terms)
    u, v = ours.distort(np.array([2, 1, 0]), np.full((3, 2), 100.0), np.full((3, 2), 10.0))
    assert np.allclose(u, [[100.0] * 2, [100.0] * 2, [100.1] * 2])
    assert np.allclose(v, [[10.52] * 2, [10.0] * 2, [10.0] * 2])


def test_offsets_that_no_pixel_has_are_nan() -> None:
    folding = SipPolynomials.of_terms([{"A_2_0": -1e-3}])
    u, _ = folding.restore(np.zeros(3, int), np.array([10.0, 1e3, 1e6]), np.zeros(3))
    assert np.isfinite(u).tolist() == [True, False, False]
