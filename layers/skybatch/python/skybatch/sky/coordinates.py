"""A string that says where, to a location in the frame it names; what is no coordinate is a name.

The grammar is that of the survey documentation's examples and their kin: two angles in any writing
(``angles``), then words for the frame: ``Equ J2000``, ``b1950``, ``gal``, ``ecl``, ``sgal``, ``icrs``.
Without a frame a position is ICRS; J and a year means FK5 of that equinox, B and a year FK4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from skybatch.sky import angles
from skybatch.sky.angles import Angle
from skybatch.validation import BadValue

SYSTEMS = {
    "equ": "equatorial",
    "eq": "equatorial",
    "equatorial": "equatorial",
    "icrs": "icrs",
    "fk5": "fk5",
    "fk4": "fk4",
    "gal": "galactic",
    "galactic": "galactic",
    "ecl": "ecliptic",
    "ecliptic": "ecliptic",
    "sgal": "supergalactic",
    "supergalactic": "supergalactic",
}
IN_HOURS = frozenset({"equatorial", "icrs", "fk5", "fk4"})
FIRST_YEAR, LAST_YEAR = 1800.0, 2200.0  # beyond, the precession models are no longer meant to hold
FIRST_JULIAN_YEAR = 1984.0  # a bare year before it is Besselian, as in the IAU's change of 1984
_EQUINOX = re.compile(r"([jb]?)([0-9]{4}(?:\.[0-9]{0,6})?)")
_INNER_SIGN = re.compile(r"(?<!^)(?<![0-9.]e)[+-]")
_J_NAME = re.compile(r"j([0-9]{6}(?:\.[0-9]*)?)([+-][0-9]{6}(?:\.[0-9]*)?)")


@dataclass(frozen=True)
class Frame:
    """A celestial frame; ``equinox`` is J or B and a year where the frame has one."""

    system: str
    equinox: str | None = None


ICRS = Frame("icrs")
FK5 = Frame("fk5", "J2000.0")


@dataclass(frozen=True)
class Location:
    """Longitude in [0, 360) and latitude, degrees, in a frame."""

    lon: float
    lat: float
    frame: Frame = ICRS


def parse_location(text: str, default: Frame = ICRS) -> Location | None:
    """The location a text writes, None if it writes none and so must be a name.

    ``default`` is the frame of a text that names none. Raises BadValue for what is a coordinate by its
    form but lies outside the sky, or names a frame that does not exist.
    """
    if len(text) > angles.MOST_CHARACTERS:
        return None
    words = text.lower().replace("(", " ").replace(")", " ").split()
    if len(words) == 1 and (match := _J_NAME.fullmatch(words[0])):
        return located(angles.parse(match[1], compact=True), angles.parse(match[2], compact=True), FK5)
    said, rest = frame_words(words)
    pair = split_pair(angles.spelled_plainly(" ".join(rest)))
    if pair is None:
        return None
    return located(*pair, frame_of(*said) if any(said) else default)


def located(first: Angle | None, second: Angle | None, frame: Frame) -> Location | None:
    """Two angles as longitude and latitude; galactic and ecliptic longitudes are degrees always."""
    if first is None or second is None:
        return None
    if first.hours and frame.system not in IN_HOURS:
        raise BadValue(f"writes a {frame.system} longitude in hours; it is in degrees")
    return Location(first.longitude(frame.system in IN_HOURS), second.latitude(), frame)


def from_cells(first: str, second: str, frame: Frame = ICRS) -> Location | None:
    """Location of a table's two cells, None if one of them is no angle at all. Raises BadValue as above."""
    lon = angles.parse(angles.spelled_plainly(first), compact=frame.system in IN_HOURS)
    lat = angles.parse(angles.spelled_plainly(second), compact=frame.system in IN_HOURS)
    return located(lon, lat, frame)


def frame_words(words: list[str]) -> tuple[tuple[str | None, str | None], list[str]]:
    """The words for system and equinox, taken from the end of a text or from its beginning."""
    for step in (-1, 1):
        rest = words[::step]
        system = equinox = None
        # Read from the end, "Equ 2000" shows its year first; only a frame word makes it one.
        taken = 0
        for word in rest[:2]:
            if word in SYSTEMS and system is None:
                system = word
            elif _EQUINOX.fullmatch(word) and equinox is None and (word[0] in "jb" or beside(rest, taken)):
                equinox = word
            else:
                break
            taken += 1
        if taken:
            return (system, equinox), rest[taken:][::step]
    return (None, None), words


def beside(words: list[str], index: int) -> bool:
    """Whether a frame word stands next to the word at ``index``, which may then be a bare year."""
    return any(0 <= i < len(words) and words[i] in SYSTEMS for i in (index - 1, index + 1))


@lru_cache(maxsize=1024)
def frame_of(system: str | None, equinox: str | None) -> Frame:
    """The frame that a system's word and an equinox (``J2000``, ``b1950``, ``1983``) name together.

    Raises BadValue for a word or a year that names none.
    """
    try:
        name = SYSTEMS[(system or "equ").lower()]
    except KeyError:
        raise BadValue("is no coordinate system; known are equ, gal, ecl, sgal, icrs, fk5, fk4") from None
    if name in ("icrs", "galactic", "supergalactic"):
        return Frame(name)
    year = equinox_of(equinox) if equinox else None
    if name == "equatorial":
        name = "icrs" if year is None else "fk4" if year[0] == "B" else "fk5"
    default = {"icrs": None, "fk4": "B1950.0", "fk5": "J2000.0", "ecliptic": "J2000.0"}[name]
    return Frame(name, year or default)


def equinox_of(text: str) -> str:
    """``J2000.0`` for j2000, 2000 and their kin; raises BadValue for what is no equinox."""
    match = _EQUINOX.fullmatch(text.lower())
    if not match or not FIRST_YEAR <= float(match[2]) <= LAST_YEAR:
        raise BadValue("must be an equinox: J2000, B1950 or a year from 1800 to 2200")
    year = float(match[2])
    return f"{match[1].upper() or ('J' if year >= FIRST_JULIAN_YEAR else 'B')}{year}"


def split_pair(plain: str) -> tuple[Angle, Angle] | None:
    """The two angles of a plainly spelled text: parted by a comma, by the sign of the second, or by a blank.

    None where the text is not two angles, or where its blanks leave more than one way to read it.
    """
    for mark in ",;":
        if plain.count(mark) == 1:
            return both(*plain.split(mark))
    signs = [match.start() for match in _INNER_SIGN.finditer(plain)]
    if len(signs) > 1:
        return None
    if signs:
        at = signs[0]
        pair = both(plain[:at], plain[at:])
        # Without a blank before its sign, 0957+561 is a quasar's name and not two decimal numbers.
        attached = plain[at - 1] != " "
        return None if pair and attached and not pair[0].sexagesimal else pair
    return by_blanks(plain)


def by_blanks(plain: str) -> tuple[Angle, Angle] | None:
    """The one way to part a text without signs, preferring halves written alike."""
    places = [i for i, c in enumerate(plain) if c == " "]
    pairs = [pair for i in places if (pair := both(plain[:i], plain[i:]))]
    alike = [pair for pair in pairs if writing(pair[0]) == writing(pair[1])]
    found = alike or pairs
    return found[0] if len(found) == 1 else None


def writing(angle: Angle) -> tuple[bool, bool]:
    """The manner an angle is written in."""
    return angle.sexagesimal, angle.marked


def both(first: str, second: str) -> tuple[Angle, Angle] | None:
    """Both halves as angles, or None; six digits are compact only if both halves have them."""
    a, b = first.strip(), second.strip()
    for compact in (True, False):
        one, two = angles.parse(a, compact=compact), angles.parse(b, compact=compact)
        if one and two and (not compact or (one.sexagesimal and two.sexagesimal)):
            return one, two
    return None
