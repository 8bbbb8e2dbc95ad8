"""One angle in any common notation, to degrees.

Decimal (``-27.98``, ``1.5e1``), with marks (``17h44m34s``, ``41°16′08″``, ``17h``, ``-27d59.2m``),
with colons (``00:42:44.3``), with blanks (``00 42 44.3``) or compact (``004244.3``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from skybatch.validation import InvalidValue

MAX_CHARACTERS = 120
DEGREES_PER_HOUR = 15.0
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_SMALL = r"(?:[0-9]{1,2}(?:\.[0-9]*)?|\.[0-9]+)"  # minutes and seconds: four digits there are part of a name
_SIGN = r"[+-]?"

_DECIMAL = re.compile(rf"{_SIGN}{_NUMBER}(?:e[+-]?[0-9]{{1,3}})?")
_UNMARKED = re.compile(rf"({_SIGN})\s?([0-9]{{1,3}})[\s:]+({_SMALL})(?:[\s:]+({_SMALL}))?")
_COMPACT = re.compile(rf"({_SIGN})([0-9]{{2}})([0-9]{{2}})([0-9]{{2}}(?:\.[0-9]*)?)")
_MARKED = re.compile(rf"({_SIGN})\s?({_NUMBER})\s?([hd])(?:\s?({_SMALL})\s?m)?(?:\s?({_SMALL})\s?s)?")
# The mark of the last part is often left out: 17h44, 17h44m34.
_HALF_MARKED = re.compile(rf"({_SIGN})\s?({_NUMBER})\s?([hd])\s?({_SMALL})(?:\s?m\s?({_SMALL}))?")

# Marks of degrees, minutes and seconds as typography and keyboards have them, and the minus signs.
_SPELLINGS = (
    ("''", "s"),
    ("′′", "s"),
    ("degrees", "d"),
    ("deg", "d"),
    ("arcmin", "m"),
    ("arcsec", "s"),
    ("hours", "h"),
    ("hrs", "h"),
    ("hr", "h"),
    ("min", "m"),
    ("sec", "s"),
)
_MARKS = str.maketrans(
    {
        "°": "d",
        "º": "d",
        "˚": "d",
        "′": "m",
        "’": "m",
        "ʹ": "m",
        "'": "m",
        "″": "s",
        "”": "s",
        "ʺ": "s",
        '"': "s",
    }
    | {"ʰ": "h", "ᵈ": "d", "ᵐ": "m", "ˢ": "s"}
)
# Minus signs, dashes and hyphens, raised, lowered, heavy, small and full width ones among them.
DASHES = "\u2212\u2013\u2014\u2010\u2011\u2012\u2015\u207b\u208b\u02d7\u2796\ufe58\ufe63\uff0d"
_PLUS = "\uff0b\u207a"
_BLANKS = "\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000\t"
_MINUS = str.maketrans(
    {**dict.fromkeys(DASHES, "-"), **dict.fromkeys(_PLUS, "+"), **dict.fromkeys(_BLANKS, " ")}
)
ANGLE_CHARACTERS = frozenset((*DASHES, *_PLUS, *_BLANKS, *map(chr, _MARKS)))
"""Characters beyond ASCII that coordinates may have."""

_MARK_BEFORE_POINT = re.compile(r"([hdms])\.([0-9]+)")


@dataclass(frozen=True)
class Angle:
    """Degrees (hours where ``hours``), and how they were written.

    Attributes
    ----------
    value
        Decimal degrees or hours.
    sexagesimal
        Whether it was written with minutes or seconds.
    hours, marked
        Whether it has a mark of hours, or any marks.
    error
        The rule that an angle of a right form breaks. It is raised only when the angle is used, so that no
        name is refused because half of it looks like an angle (HD 209458).
    """

    value: float
    sexagesimal: bool = False
    hours: bool = False
    marked: bool = False
    error: str = ""

    def longitude(self, bare_hours: bool) -> float:
        """Return degrees in [0, 360) of a longitude; ``bare_hours``: without marks, sexagesimal is in hours.

        Raises InvalidValue.
        """
        self.check()
        in_hours = self.hours or (bare_hours and self.sexagesimal and not self.marked)
        degrees = self.value * DEGREES_PER_HOUR if in_hours else self.value
        return wrapped(degrees)

    def latitude(self) -> float:
        """Return degrees of a latitude. Raises InvalidValue."""
        self.check()
        if self.hours:
            raise InvalidValue("is written in hours; a declination or latitude is in degrees")
        return checked_latitude(self.value)

    def check(self) -> None:
        """Raise InvalidValue if the angle breaks a rule in itself."""
        if self.error:
            raise InvalidValue(self.error)


def normalized(text: str) -> str:
    """Return a text in lower case with single blanks, and h, d, m, s for other spellings of the marks."""
    plain = " ".join(text.translate(_MINUS).lower().split())
    for spelling, mark in _SPELLINGS:
        plain = plain.replace(spelling, mark)
    return _MARK_BEFORE_POINT.sub(r".\2\1", plain.translate(_MARKS))


def wrapped(degrees: float) -> float:
    """Return a longitude in [0, 360) degrees; raise InvalidValue beyond one turn either way."""
    if not -360.0 < degrees <= 360.0:
        raise InvalidValue("must lie between -360 and 360 degrees (-24 and 24 hours)")
    turned = degrees % 360.0
    return 0.0 if turned >= 360.0 else turned


def checked_latitude(degrees: float) -> float:
    """Return a latitude in degrees as it is; raise InvalidValue beyond the poles."""
    if not -90.0 <= degrees <= 90.0:
        raise InvalidValue("must lie between -90 and 90 degrees")
    return degrees


def plain_dashes(text: str) -> str:
    """Return a text with every dash and minus sign as ``-``."""
    return text.translate(_MINUS)


def parse_angle(text: str, *, compact: bool = False) -> Angle | None:
    """Return the angle that a normalized text writes, or None if it writes none.

    ``compact`` reads six digits before the point as hhmmss or ddmmss.
    """
    if compact and (match := _COMPACT.fullmatch(text)):
        return _sexagesimal_angle(*match.groups())
    if _DECIMAL.fullmatch(text):
        return Angle(float(text))
    if match := _UNMARKED.fullmatch(text):
        return _sexagesimal_angle(*match.groups())
    if match := _MARKED.fullmatch(text) or _HALF_MARKED.fullmatch(text):
        sign, whole, mark, minutes, seconds = match.groups()
        return _sexagesimal_angle(sign, whole, minutes, seconds, mark)
    return None


def parse_cell(text: str, *, compact: bool = False) -> Angle | None:
    """Return the angle that a cell writes, as `parse_angle` does of its text when normalized."""
    if _DECIMAL.fullmatch(text) and not (compact and _COMPACT.fullmatch(text)):
        return Angle(float(text))
    return parse_angle(normalized(text), compact=compact)


def _sexagesimal_angle(
    sign: str, whole: str, minutes: str | None, seconds: str | None, mark: str = ""
) -> Angle:
    """Return the angle of its sexagesimal parts; ``mark`` is h, d or, without marks, empty."""
    try:
        value, error = sexagesimal(sign, whole, minutes, seconds), ""
    except InvalidValue as broken:
        value, error = 0.0, str(broken)
    return Angle(value, sexagesimal=True, hours=mark == "h", marked=bool(mark), error=error)


def sexagesimal(sign: str, whole: str, minutes: str | None, seconds: str | None) -> float:
    """Return the value in units of ``whole``; 60 minutes or seconds are allowed, as rounding writes them.

    Raises InvalidValue.
    """
    parts = [part for part in (whole, minutes, seconds) if part]
    if any(_has_fraction(part) for part in parts[:-1]):
        raise InvalidValue("has a fraction before its last part")
    small = (float(minutes or 0), float(seconds or 0))
    if max(small) > 60.0:
        raise InvalidValue("has minutes or seconds above 60")
    value = float(whole) + small[0] / 60.0 + small[1] / 3600.0
    return -value if sign == "-" else value


def _has_fraction(part: str) -> bool:
    """Return whether digits other than zero follow the point."""
    return bool(part.partition(".")[2].strip("0"))
