"""Coordinates in every form, held against astropy; what is no coordinate is a name."""

from __future__ import annotations

import math
import re
import string

import pytest
from astropy import units
from astropy.coordinates import FK4, FK5, BarycentricMeanEcliptic, Galactic, SkyCoord, Supergalactic
from hypothesis import given
from hypothesis import strategies as st

from skybatch.requests.position_text import parse_position_or_name
from skybatch.sky.angles import plain_dashes
from skybatch.sky.coordinates import FK5 as FK5_J2000
from skybatch.sky.coordinates import Frame, Location, location_from_cells, parse_location
from skybatch.sky.frames import to_icrs
from skybatch.sky.position import SkyPosition
from skybatch.validation import InvalidValue

HOURS = (units.hourangle, units.deg)
DEGREES = (units.deg, units.deg)
AGREES = 1e-9  # degrees on the sky


def icrs(text: str) -> SkyPosition:
    """Our ICRS position of a coordinate string."""
    place = parse_location(text)
    assert place is not None, text
    sky = to_icrs([place])[0]
    assert sky is not None
    return sky


def apart(sky: SkyPosition, reference: SkyCoord) -> float:
    """Degrees on the sky between ours and astropy's, exact for small ones."""
    there = reference.icrs
    dra = (sky.ra - there.ra.deg + 180.0) % 360.0 - 180.0
    return math.hypot(dra * math.cos(math.radians(sky.dec)), sky.dec - there.dec.deg)


# The survey documentation's examples that are coordinates, with the part and frame that astropy reads.
DOCUMENTED = [
    ("23h04m56.63s 12d19m22.7s Equ J2000", "23h04m56.63s 12d19m22.7s", HOURS, FK5(equinox="J2000")),
    ("17h 44m 34s -27d 59m 13s Equatorial J2000", "17h44m34s -27d59m13s", HOURS, FK5(equinox="J2000")),
    ("17h44m34s -27d59m13s", "17h44m34s -27d59m13s", HOURS, "icrs"),
    ("00h42m44.3s +41d16m08s b1950", "00h42m44.3s +41d16m08s", HOURS, FK4(equinox="B1950")),
    ("00:42:44.3 -41:16:08", "00:42:44.3 -41:16:08", HOURS, "icrs"),
    ("00 42 44.3 -41 16 08 b1983", "00 42 44.3 -41 16 08", HOURS, FK4(equinox="B1983")),
    ("004244.3 -411608", "00:42:44.3 -41:16:08", HOURS, "icrs"),
    ("17h -27d Equ J2000", "17h -27d", HOURS, FK5(equinox="J2000")),
    ("17h -27d", "17h -27d", HOURS, "icrs"),
    ("34.5565 54.2321 gal", "34.5565 54.2321", DEGREES, Galactic()),
    ("34. 54. ecl", "34. 54.", DEGREES, BarycentricMeanEcliptic(equinox="J2000")),
]
KIN = [
    ("12.5 -33.25", "12.5 -33.25", DEGREES, "icrs"),
    ("12.5, -33.25", "12.5 -33.25", DEGREES, "icrs"),
    ("12.5d -33.25d", "12.5 -33.25", DEGREES, "icrs"),
    ("12.5 -33.25 icrs", "12.5 -33.25", DEGREES, "icrs"),
    ("1.25e1 -3.325e1", "12.5 -33.25", DEGREES, "icrs"),
    ("12.5 -33.25 fk5", "12.5 -33.25", DEGREES, FK5(equinox="J2000")),
    ("12.5 -33.25 j2015.5", "12.5 -33.25", DEGREES, FK5(equinox="J2015.5")),
    ("12.5 -33.25 Equ 1950", "12.5 -33.25", DEGREES, FK4(equinox="B1950")),
    ("12.5 -33.25 (J2000)", "12.5 -33.25", DEGREES, FK5(equinox="J2000")),
    ("J2000 12.5 -33.25", "12.5 -33.25", DEGREES, FK5(equinox="J2000")),
    ("12.5 -33.25 fk4", "12.5 -33.25", DEGREES, FK4(equinox="B1950")),
    ("12.5 -33.25 sgal", "12.5 -33.25", DEGREES, Supergalactic()),
    ("gal 12.5 -33.25", "12.5 -33.25", DEGREES, Galactic()),
    ("12:30:00 -33:15:00 galactic", "12.5 -33.25", DEGREES, Galactic()),
    ("12.5 -33.25 ecl J2016", "12.5 -33.25", DEGREES, BarycentricMeanEcliptic(equinox="J2016")),
    ("12.5 -33.25 ecl B1950", "12.5 -33.25", DEGREES, BarycentricMeanEcliptic(equinox="B1950")),
    ("17h44m -27d59m", "17h44m -27d59m", HOURS, "icrs"),
    ("17h44 -27d59", "17h44m -27d59m", HOURS, "icrs"),
    ("17h44m34 -27d59m13", "17h44m34s -27d59m13s", HOURS, "icrs"),
    ("17h44m34s-27d59m13s", "17h44m34s -27d59m13s", HOURS, "icrs"),
    ("17:44:34-27:59:13", "17h44m34s -27d59m13s", HOURS, "icrs"),
    ("17 44 34 27 59 13", "17h44m34s 27d59m13s", HOURS, "icrs"),
    ("17 44 -27 59", "17h44m -27d59m", HOURS, "icrs"),
    ("17 44.5 -27 59.25", "17:44.5 -27:59.25", HOURS, "icrs"),
    ("17 44 34 -27 59", "17h44m34s -27d59m", HOURS, "icrs"),
    ("266d08m30s -27d59m13s", "266d08m30s -27d59m13s", DEGREES, "icrs"),
    ("17h 44m 34s -27° 59′ 13″", "17h44m34s -27d59m13s", HOURS, "icrs"),
    ("17h44m34s −27d59'13\"", "17h44m34s -27d59m13s", HOURS, "icrs"),
    ("17hr 44min 34sec -27deg 59arcmin 13arcsec", "17h44m34s -27d59m13s", HOURS, "icrs"),
    ("004244.3-411608", "00:42:44.3 -41:16:08", HOURS, "icrs"),
    ("J004244.30-411608.0", "00:42:44.3 -41:16:08", HOURS, FK5(equinox="J2000")),
    ("17:44:34 -00:00:01", "17:44:34 -00:00:01", HOURS, "icrs"),
]


@pytest.mark.parametrize(("text", "plain", "unit", "frame"), DOCUMENTED + KIN, ids=lambda x: str(x)[:50])
def test_a_coordinate_agrees_with_astropy(text: str, plain: str, unit: object, frame: object) -> None:
    reference = SkyCoord(plain, unit=unit, frame=frame)
    assert apart(icrs(text), reference) < AGREES
    assert apart(icrs(text.upper()), reference) < AGREES
    assert apart(icrs(f"  {text.replace(' ', '   ')}\t"), reference) < AGREES


NAMES = """NGC 7479|2MASXJ23045666+1219223|m83|M 31|3C 273|47 Tuc|0957+561|16 Cyg B|NGC7 8|HD 209458|GJ 876
HR 7001|Sgr A*|gal|J2000|Cen A|PSR B1919+21|1E 0657-56|IC 10|4C 12.50|12 34 56|17 44 34 27 59|WISE 0855-0714
2 3 gal x|alpha Cen|12.5|+12 -13 14 -15|NAME 12 99 99|HD 99 99 -99"""


@pytest.mark.parametrize("name", re.split(r"[|\n]", NAMES))
def test_what_is_no_coordinate_is_a_name(name: str) -> None:
    assert parse_location(name) is None
    assert parse_position_or_name(name) == name


OFF_THE_SKY = """361 0|-360 0|10 91|10 -90.0001|24h01m 0d|10 1e300|1e300 10|10:60:61 0|10:00:61 +10
10:61 +10:00
12h -3h|17h 12d gal|10 10 equ 1066|10 10 j9999|10.5h30m -12d|17h30.5m20s +1d|995959+995959"""


@pytest.mark.parametrize("text", re.split(r"[|\n]", OFF_THE_SKY))
def test_a_coordinate_off_the_sky_is_refused_with_its_rule(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"^(must|has|writes|is written)"):
        parse_location(text)


@pytest.mark.parametrize(("text", "ra"), [("360 0", 0.0), ("24h 0d", 0.0), ("23:59:60 +10:00:00", 0.0)])
def test_a_full_turn_is_zero(text: str, ra: float) -> None:
    assert icrs(text).ra == ra


@pytest.mark.parametrize(
    ("first", "second", "frame", "lon", "lat"),
    [
        ("65.497627", "19.535070", Frame("icrs"), 65.497627, 19.535070),
        ("04 21 59.43", "+19 32 06.3", Frame("icrs"), 65.497625, 19.535083333333333),
        ("4:21:59.43", "19:32:06.3", Frame("icrs"), 65.497625, 19.535083333333333),
        ("042159.43", "193206.3", Frame("icrs"), 65.497625, 19.535083333333333),
        ("65:29:51.45", "19:32:06.3", Frame("galactic"), 65.497625, 19.535083333333333),
        ("65d29m51.45s", "19d", FK5_J2000, 65.497625, 19.0),
    ],
)
def test_two_cells_make_a_location(first: str, second: str, frame: Frame, lon: float, lat: float) -> None:
    place = location_from_cells(first, second, frame)
    assert place is not None
    assert (place.lon, place.lat) == pytest.approx((lon, lat), abs=1e-12)


@given(st.floats(0, 360, exclude_max=True), st.floats(-90, 90))
def test_a_decimal_position_printed_and_parsed_again_is_the_same(ra: float, dec: float) -> None:
    assert parse_location(f"{ra!r} {dec!r}") == Location(ra, dec)


@given(
    st.integers(0, 23), st.integers(0, 59), st.integers(0, 59999), st.integers(-89, 89), st.integers(0, 59),
    st.integers(0, 5999), st.sampled_from(["h m s d m s", ": :  : : ", "      "]),
)  # fmt: skip
def test_a_sexagesimal_position_printed_by_astropy_is_the_same(
    h: int, m: int, ms: int, d: int, arcmin: int, centi: int, manner: str
) -> None:
    sign = "-" if d < 0 else "+"
    reference = SkyCoord(
        f"{h}h{m}m{ms / 1000}s", f"{sign}{abs(d)}d{arcmin}m{centi / 100}s", unit=HOURS, frame="icrs"
    )
    if manner.startswith("h"):
        text = reference.to_string("hmsdms", precision=4)
    else:
        separator = ":" if ":" in manner else " "
        text = reference.to_string("hmsdms", sep=separator, precision=4)
    assert apart(icrs(text), reference) < AGREES


@given(st.text(alphabet=string.printable + "°′″−é", max_size=60))
def test_any_text_is_a_location_a_name_or_a_broken_rule(text: str) -> None:
    try:
        place = parse_position_or_name(text)
    except InvalidValue:
        return
    if isinstance(place, Location):
        assert 0.0 <= place.lon < 360.0
        assert -90.0 <= place.lat <= 90.0
    else:
        assert place.split() == plain_dashes(text).split()
