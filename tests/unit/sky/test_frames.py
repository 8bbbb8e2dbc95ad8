"""Celestial frames to ICRS against astropy."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from astropy.coordinates import (
    FK4,
    FK5,
    BarycentricMeanEcliptic,
    BaseCoordinateFrame,
    Galactic,
    SkyCoord,
    Supergalactic,
)

from skybatch.sky.coordinates import ICRS, Frame, Location, parse_location
from skybatch.sky.frames import frame_to_icrs, to_icrs


def test_many_rows_of_many_frames_keep_their_order() -> None:
    texts = [f"{12.5 + i} {-30 + i} {('gal', 'b1950', 'j2000', 'icrs', 'ecl')[i % 5]}" for i in range(25)]
    together = to_icrs([parse_location(text) for text in [*texts, "m83"]])
    assert together[-1] is None
    for place, text in zip(together[:-1], texts, strict=True):
        assert place is not None
        alone = to_icrs([parse_location(text)])[0]
        assert alone is not None
        # Vector instructions round the last bit of a sine by where it stands in an array.
        assert (place.ra, place.dec) == pytest.approx((alone.ra, alone.dec), abs=1e-12)


@pytest.mark.parametrize(
    ("frame", "theirs"),
    [
        (Frame("fk5", "J2000.0"), FK5(equinox="J2000")), (Frame("fk5", "J1975.0"), FK5(equinox="J1975")),
        (Frame("fk4", "B1950.0"), FK4(equinox="B1950")), (Frame("galactic"), Galactic()),
        (Frame("supergalactic"), Supergalactic()),
        (Frame("ecliptic", "J2000.0"), BarycentricMeanEcliptic(equinox="J2000")),
    ],
)  # fmt: skip
def test_a_frame_is_astropys(frame: Frame, theirs: BaseCoordinateFrame) -> None:
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(0, 360, 200), rng.uniform(-90, 90, 200)
    ra, dec = frame_to_icrs(frame, lon, lat)
    expected = SkyCoord(lon, lat, unit="deg", frame=theirs).icrs
    assert SkyCoord(ra, dec, unit="deg").separation(expected).deg.max() < 1e-9
    assert np.all((ra >= 0.0) & (ra < 360.0))


@pytest.mark.parametrize(
    ("system", "letter", "first"), [("fk5", "J", 1984), ("ecliptic", "J", 1990), ("ecliptic", "B", 1900)]
)
def test_equinoxes_that_all_differ_are_converted_as_each_by_itself(
    system: str, letter: str, first: int
) -> None:
    rng = np.random.default_rng(2)
    places = [
        Location(float(lon), float(lat), Frame(system, f"{letter}{first + n / 7:.5f}"))
        for n, (lon, lat) in enumerate(zip(rng.uniform(0, 360, 40), rng.uniform(-89, 89, 40), strict=True))
    ]
    together = to_icrs([*places, None])
    for place, found in zip(places, together, strict=False):
        (alone,) = to_icrs([place])
        assert alone is not None
        assert found is not None
        assert (found.ra, found.dec) == pytest.approx((alone.ra, alone.dec), abs=1e-9)


def test_icrs_stays_as_it_is_to_the_last_bit() -> None:
    found = to_icrs([Location(0.1, -89.7, ICRS), None])
    assert found[0] is not None
    assert (found[0].ra, found[0].dec) == (0.1, -89.7)
    assert found[1] is None


def test_common_frames_need_no_astropy() -> None:
    script = (
        "import sys; from skybatch.sky.coordinates import FK5, Location;"
        "from skybatch.sky.frames import to_icrs; to_icrs([Location(1.0, 2.0), Location(1.0, 2.0, FK5)]);"
        "sys.exit('astropy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
