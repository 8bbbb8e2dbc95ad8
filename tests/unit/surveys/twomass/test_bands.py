"""Bands agree with the archive's filters and stand in order of wavelength."""

from __future__ import annotations

import pytest

from skybatch.surveys.known import default_survey
from skybatch.surveys.twomass.bands import BAND_NAMES, BANDS

FILTERS = default_survey().bands
# Isophotal wavelengths in micrometres: Cohen, Wheaton & Megeath (2003), table 2.
ISOPHOTAL = {"j": 1.235, "h": 1.662, "k": 2.159}


@pytest.mark.parametrize("band", BANDS)
def test_the_reference_wavelength_is_the_isophotal_one(band: str) -> None:
    wave = FILTERS[band].wave
    assert wave is not None
    reference, lower, upper = wave
    assert reference * 1e6 == pytest.approx(ISOPHOTAL[band])
    assert lower < reference < upper


def test_bands_are_listed_by_wavelength_and_named() -> None:
    assert list(BANDS) == sorted(BANDS, key=lambda band: FILTERS[band].reference or 0.0)
    assert BAND_NAMES == {"j": "J", "h": "H", "k": "Ks"}
