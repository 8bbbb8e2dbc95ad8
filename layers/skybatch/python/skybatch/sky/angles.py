"""One angle written any way people write it, to degrees.

Decimal (``-27.98``, ``1.5e1``), with marks (``17h44m34s``, ``41°16′08″``, ``17h``, ``-27d59.2m``),
with colons (``00:42:44.3``), with blanks (``00 42 44.3``) or compact (``004244.3``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from skybatch.validation import BadValue

MOST_CHARACTERS = 120
DEGREES_PER_HOUR = 15.0
NUM = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
SIGN = r"[+-]?"

_DECIMAL = re.compile(rf"{SIGN}{NUM}(?:e[+-]?[0-9]{{1,3}})?")
_UNMARKED = re.compile(rf"({SIGN})\s?([0-9]{{1,3}})[\s:]+({NUM})(?:[\s:]+({NUM}))?")
_COMPACT = re.compile(rf"({SIGN})([0-9]{{2}})([0-9]{{2}})([0-9]{{2}}(?:\.[0-9]*)?)")
_MARKED = re.compile(rf"({SIGN})\s?({NUM})\s?([hd])(?:\s?({NUM})\s?m)?(?:\s?({NUM})\s?s)?")
# The mark of the last part is often left out: 17h44, 17h44m34.
_HALF_MARKED = re.compile(rf"({SIGN})\s?({NUM})\s?([hd])\s?({NUM})(?:\s?m\s?({NUM}))?")

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
_SIGNS = str.maketrans({"°": "d", "º": "d", "′": "m", "’": "m", "'": "m", "″": "s", "”": "s", '"': "s"})
_MINUS = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\t": " "})


@dataclass(frozen=True)
class Angle:
    """Degrees (hours where ``hours``), and how they were written.

    ``broken`` is the rule that an angle breaks whose form is right; it is raised only when the angle is
    used, so that no name is refused for having a half that looks like one (HD 209458).
    """

    value: float
    sexagesimal: bool = False
    hours: bool = False
    marked: bool = False
    broken: str = ""

    def longitude(self, bare_hours: bool) -> float:
        """Degrees of a longitude; ``bare_hours``: sexagesimal without marks counts hours."""
        self.check()
        in_hours = self.hours or (bare_hours and self.sexagesimal and not self.marked)
        degrees = self.value * DEGREES_PER_HOUR if in_hours else self.value
        if not 0.0 <= degrees <= 360.0:
            raise BadValue("must lie between 0 and 360 degrees (0 and 24 hours)")
        return 0.0 if degrees == 360.0 else degrees

    def latitude(self) -> float:
        """Degrees of a latitude."""
        self.check()
        if self.hours:
            raise BadValue("is written in hours; a declination or latitude is in degrees")
        if not -90.0 <= self.value <= 90.0:
            raise BadValue("must lie between -90 and 90 degrees")
        return self.value

    def check(self) -> None:
        """Raise BadValue if the angle breaks a rule in itself."""
        if self.broken:
            raise BadValue(self.broken)


def spelled_plainly(text: str) -> str:
    """Lower case, single blanks, and h, d, m, s for every other spelling of the marks."""
    plain = " ".join(text.translate(_MINUS).lower().split())
    for spelling, mark in _SPELLINGS:
        plain = plain.replace(spelling, mark)
    return plain.translate(_SIGNS)


def parse(plain: str, *, compact: bool = False) -> Angle | None:
    """The angle that a plainly spelled text writes, or None if it writes none.

    ``compact`` reads six digits before the point as hhmmss or ddmmss.
    """
    if compact and (match := _COMPACT.fullmatch(plain)):
        return in_parts(*match.groups())
    if _DECIMAL.fullmatch(plain):
        return Angle(float(plain))
    if match := _UNMARKED.fullmatch(plain):
        return in_parts(*match.groups())
    if match := _MARKED.fullmatch(plain) or _HALF_MARKED.fullmatch(plain):
        sign, whole, mark, minutes, seconds = match.groups()
        return in_parts(sign, whole, minutes, seconds, mark)
    return None


def in_parts(sign: str, whole: str, minutes: str | None, seconds: str | None, mark: str = "") -> Angle:
    """The angle of a sexagesimal writing; ``mark`` is h, d or, without marks, empty."""
    try:
        value, broken = sexagesimal(sign, whole, minutes, seconds), ""
    except BadValue as error:
        value, broken = 0.0, str(error)
    return Angle(value, sexagesimal=True, hours=mark == "h", marked=bool(mark), broken=broken)


def sexagesimal(sign: str, whole: str, minutes: str | None, seconds: str | None) -> float:
    """The value in units of ``whole``; 60 itself is let pass, as rounding writes it. Raises BadValue."""
    parts = [part for part in (whole, minutes, seconds) if part]
    if any(fractional(part) for part in parts[:-1]):
        raise BadValue("has a fraction before its last part")
    small = (float(minutes or 0), float(seconds or 0))
    if max(small) > 60.0:
        raise BadValue("has minutes or seconds above 60")
    value = float(whole) + small[0] / 60.0 + small[1] / 3600.0
    return -value if sign == "-" else value


def fractional(part: str) -> bool:
    """Whether digits other than zero follow the point."""
    return bool(part.partition(".")[2].strip("0"))
