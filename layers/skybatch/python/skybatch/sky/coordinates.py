"""Coordinates as people write them, to a location in the frame they name; any other text is a name.

The grammar is that of the survey documentation's examples and the like: two angles in any notation
(`skybatch.sky.angles`), then words for the frame: ``Equ J2000``, ``b1950``, ``gal``, ``ecl``, ``sgal``,
``icrs``.
Without a frame a position is ICRS; J and a year means FK5 of that equinox, B and a year FK4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from skybatch.sky import angles
from skybatch.sky.angles import Angle
from skybatch.sky.units import AngleUnit
from skybatch.validation import InvalidValue

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
MAX_FRAME_WORDS = 4  # system and equinox, each with a separator
FIRST_YEAR, LAST_YEAR = 1800.0, 2200.0  # beyond, the precession models are no longer meant to hold
FIRST_JULIAN_YEAR = 1984.0  # a bare year before it is Besselian, as in the IAU's change of 1984
_EQUINOX = re.compile(r"([jb]?)([0-9]{4}(?:\.[0-9]{0,6})?)")
_INNER_SIGN = re.compile(r"(?<!^)(?<![0-9.]e)[+-]")
# Marks of coordinates that people write around and before them: "(204.25, -29.87)", "RA=... Dec: ...".
_BRACKETS = str.maketrans(dict.fromkeys('()[]{}<>"', " "))
_RA_WORD = r"(?:r\.?a\.?|right ascension|α|alpha)"
_DEC_WORD = r"(?:decl?\.?|declination|δ|delta)"
_YEAR = r"(?:\s?[jb]?(?:1950|2000)(?:\.0)?)?"
# Both labels before the numbers, "RA, Dec =", and one before each of them.
_BOTH_LABELS = re.compile(rf"^{_RA_WORD}\s*[,/ ]\s*{_DEC_WORD}{_YEAR}(?:\s*[=:]\s*|\s+)")
_LABEL = re.compile(
    rf"(?<![a-z0-9])(?:(?:{_RA_WORD}|{_DEC_WORD}){_YEAR}\s*[=:]\s*|(?:r\.?a\.?|decl?\.?)\s+(?=[+-]?\s?[0-9.]))"
)
_EQUINOX_LABEL = re.compile(r"(?<![a-z0-9])(?:equinox|eqx)\s*[=:]?\s*(?=[jb]?[12][0-9]{3})")
_FIRST_WORDS = re.compile(r"^(?:coordinates?|coords?|position|pos|sky\s?coord)\s*[=:]\s*")
_GALACTIC_LABEL = re.compile(r"(?:l|glon)\s*=\s*([^,;=]+?)[\s,;]+(?:b|glat)\s*=\s*(.+)")
_DECIMAL_COMMAS = re.compile(r"([+-]?[0-9]+),([0-9]+)(?:\s+|\s*;\s*)([+-]?[0-9]+),([0-9]+)(?=\s|$)")
_SLASH = re.compile(r"(?<=[0-9.])\s*/\s*(?=[+-])")
_J_NAME = re.compile(r"j([0-9]{6}(?:\.[0-9]*)?)([+-][0-9]{6}(?:\.[0-9]*)?)")


@dataclass(frozen=True)
class Frame:
    """A celestial frame; ``equinox`` is J or B and a year where the frame has one."""

    system: str
    equinox: str | None = None


Units = tuple[AngleUnit | None, AngleUnit | None]
ICRS = Frame("icrs")
FK5 = Frame("fk5", "J2000.0")


@dataclass(frozen=True)
class Location:
    """Longitude in [0, 360) and latitude, degrees, in a frame."""

    lon: float
    lat: float
    frame: Frame = ICRS


def parse_location(text: str, default: Frame = ICRS) -> Location | None:
    """Return the location a text writes, None if it writes none and so must be a name.

    ``default`` is the frame of a text that names none.

    Raises
    ------
    InvalidValue
        For what is a coordinate by its form but lies outside the sky, or names an unknown frame.
    """
    if len(text) > angles.MAX_CHARACTERS:
        return None
    words = _plain_words(text)
    if len(words) == 1 and (match := _J_NAME.fullmatch(words[0])):
        return _location(
            angles.parse_angle(match[1], compact=True), angles.parse_angle(match[2], compact=True), FK5
        )
    frame, rest = _split_frame(words)
    pair = _split_pair(_joined(rest))
    if (pair is None or abs(pair[1].value) > 90.0) and not any(frame) and _ends_in_year(rest):
        # A year without a letter names an equinox only behind two complete angles.
        before_year = _split_pair(_joined(rest[:-1]))
        frame, pair = ((None, rest[-1]), before_year) if before_year else (frame, pair)
    if pair is None:
        return None
    return _location(*pair, frame_named(*frame) if any(frame) else default)


def _ends_in_year(words: list[str]) -> bool:
    return len(words) > 2 and _EQUINOX.fullmatch(words[-1]) is not None


def _plain_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without brackets and without labels of coordinates."""
    plain = " ".join(angles.plain_dashes(text).lower().translate(_BRACKETS).split())
    plain = _FIRST_WORDS.sub("", plain)
    if match := _GALACTIC_LABEL.fullmatch(plain):
        return [*match[1].split(), ",", *match[2].split(), "gal"]
    for label in (_BOTH_LABELS, _LABEL, _EQUINOX_LABEL):
        plain = label.sub(" ", plain)
    plain = _DECIMAL_COMMAS.sub(r"\1.\2 ; \3.\4", _SLASH.sub(" , ", plain))
    return plain.replace(",", " , ").replace(";", " ; ").split()


def _joined(words: list[str]) -> str:
    """Return words as one normalized text, without separators at its ends."""
    return angles.normalized(" ".join(words)).strip(" ,;")


def _location(first: Angle | None, second: Angle | None, frame: Frame) -> Location | None:
    """Return the location of two angles; galactic and ecliptic longitudes are always in degrees."""
    if first is None or second is None:
        return None
    if first.hours and frame.system not in IN_HOURS:
        raise InvalidValue(f"writes a {frame.system} longitude in hours; it is in degrees")
    return Location(first.longitude(frame.system in IN_HOURS), second.latitude(), frame)


def location_from_cells(
    first: str, second: str, frame: Frame = ICRS, units: Units = (None, None)
) -> Location | None:
    """Return the location of a table's two cells, None if one of them is no angle.

    ``units`` are those that the table says for its columns; a cell with marks of its own keeps them. Raises
    InvalidValue as `parse_location` does.
    """
    compact = frame.system in IN_HOURS and units == (None, None)
    lon, lat = (
        _in_unit(angles.parse_cell(text, compact=compact), unit)
        for text, unit in zip((first, second), units, strict=True)
    )
    return _location(lon, lat, frame)


def _in_unit(angle: Angle | None, unit: AngleUnit | None) -> Angle | None:
    """Return an angle without marks as its column's unit has it."""
    if angle is None or unit is None or angle.marked:
        return angle
    if angle.sexagesimal:
        hours = unit.sexagesimal_hours
        return angle if hours is None else replace(angle, hours=hours, marked=True)
    if unit.sexagesimal_hours:  # decimal hours, so that they are refused where only degrees can stand
        return replace(angle, hours=True, marked=True)
    return replace(angle, value=angle.value * unit.degrees)


def _split_frame(words: list[str]) -> tuple[tuple[str | None, str | None], list[str]]:
    """Split off the words for system and equinox, at the end of a text or at its beginning."""
    for step in (-1, 1):
        rest = words[::step]
        system = equinox = None
        # Read from the end, "Equ 2000" shows its year first; only a frame word makes it one.
        taken = 0
        for word in rest[:MAX_FRAME_WORDS]:
            if word in SYSTEMS and system is None:
                system = word
            elif _is_equinox(rest, taken) and equinox is None:
                equinox = word
            elif word not in ",;":
                break
            taken += 1
        if system or equinox:
            return (system, equinox), rest[taken:][::step]
    return (None, None), words


def _is_equinox(words: list[str], index: int) -> bool:
    """Return whether a word is an equinox: with its letter, or a bare year next to a system."""
    word = words[index]
    return bool(_EQUINOX.fullmatch(word)) and (word[0] in "jb" or _next_to_system(words, index))


def _next_to_system(words: list[str], index: int) -> bool:
    """Return whether a system is named next to the word at ``index``, which may then be a bare year."""
    return any(0 <= i < len(words) and words[i] in SYSTEMS for i in (index - 1, index + 1))


@lru_cache(maxsize=1024)
def frame_named(system: str | None, equinox: str | None) -> Frame:
    """Return the frame that a system's word and an equinox (``J2000``, ``b1950``, ``1983``) name.

    Raises InvalidValue for a word or a year that names none.
    """
    try:
        name = SYSTEMS[(system or "equ").lower()]
    except KeyError:
        raise InvalidValue("is no coordinate system; known are equ, gal, ecl, sgal, icrs, fk5, fk4") from None
    if name in ("icrs", "galactic", "supergalactic"):
        return Frame(name)
    year = _equinox(equinox) if equinox else None
    if name == "equatorial":
        name = "icrs" if year is None else "fk4" if year[0] == "B" else "fk5"
    default = {"icrs": None, "fk4": "B1950.0", "fk5": "J2000.0", "ecliptic": "J2000.0"}[name]
    return Frame(name, year or default)


def _equinox(text: str) -> str:
    """Return ``J2000.0`` for j2000, 2000 and the like; raise InvalidValue for what is no equinox."""
    match = _EQUINOX.fullmatch(text.lower())
    if not match or not FIRST_YEAR <= float(match[2]) <= LAST_YEAR:
        raise InvalidValue("must be an equinox: J2000, B1950 or a year from 1800 to 2200")
    year = float(match[2])
    return f"{match[1].upper() or ('J' if year >= FIRST_JULIAN_YEAR else 'B')}{year}"


def _split_pair(text: str) -> tuple[Angle, Angle] | None:
    """Return the two angles of a normalized text, parted by a comma, the sign of the second, or a blank.

    None where the text is not two angles, or where its blanks leave more than one way to read it.
    """
    for mark in ",;":
        if text.count(mark) == 1:
            return _angle_pair(*text.split(mark))
    signs = [match.start() for match in _INNER_SIGN.finditer(text)]
    if len(signs) > 1:
        return None
    if signs:
        at = signs[0]
        pair = _angle_pair(text[:at], text[at:])
        # Without a blank before its sign, 0957+561 is a quasar's name and not two decimal numbers.
        attached = text[at - 1] != " "
        return None if pair and attached and not pair[0].sexagesimal else pair
    return _split_at_blank(text)


def _split_at_blank(text: str) -> tuple[Angle, Angle] | None:
    """Return the one way to part a text without signs, preferring halves of one notation."""
    places = [i for i, c in enumerate(text) if c == " "]
    pairs = [pair for i in places if (pair := _angle_pair(text[:i], text[i:]))]
    alike = [pair for pair in pairs if _notation(pair[0]) == _notation(pair[1])]
    found = alike or pairs
    return found[0] if len(found) == 1 else None


def _notation(angle: Angle) -> tuple[bool, bool]:
    """Return how an angle is written: sexagesimal or not, with marks or not."""
    return angle.sexagesimal, angle.marked


def _angle_pair(first: str, second: str) -> tuple[Angle, Angle] | None:
    """Return both halves as angles, or None; six digits are compact only if both halves have them."""
    a, b = first.strip(), second.strip()
    for compact in (True, False):
        one, two = angles.parse_angle(a, compact=compact), angles.parse_angle(b, compact=compact)
        if one and two and (not compact or (one.sexagesimal and two.sexagesimal)):
            return one, two
    return None
