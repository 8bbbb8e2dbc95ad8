"""Units of angles in files' spellings, against astropy's."""

from __future__ import annotations

import pytest
from astropy import units

from skybatch.sky.units import angle_unit


@pytest.mark.parametrize("text", ["deg", "rad", "hourangle", "arcmin", "arcsec", "mas", "uas"])
def test_a_unit_is_astropy_s(text: str) -> None:
    unit = angle_unit(text)
    assert unit is not None
    assert unit.degrees == pytest.approx(units.Unit(text).to(units.deg), rel=1e-14)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("Degrees", 1.0),
        (" h ", 15.0),
        ("[deg]", 1.0),
        ("°", 1.0),
        ("'", 1 / 60),
        ('"', 1 / 3600),
        ('"h:m:s"', 15.0),
    ],
)
def test_other_spellings_mean_the_same(text: str, degrees: float) -> None:
    unit = angle_unit(text)
    assert unit is not None
    assert unit.degrees == pytest.approx(degrees)


@pytest.mark.parametrize("text", ["", "pix", "km", "mag", "deg/yr", "mas/yr", "s"])
def test_what_is_no_angle_is_none(text: str) -> None:
    assert angle_unit(text) is None
