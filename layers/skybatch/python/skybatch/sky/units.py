"""Units of angles as files write them (VOUnits, FITS, CDS and plain words), in degrees."""

from __future__ import annotations

import math
from dataclasses import dataclass

DEGREES_PER_HOUR = 15.0
ARCSEC_PER_DEGREE = 3600.0


@dataclass(frozen=True)
class AngleUnit:
    """A unit of angles.

    Attributes
    ----------
    degrees
        What a decimal number of one unit is, in degrees.
    sexagesimal_hours
        Whether sexagesimal text without marks counts hours (True), degrees (False), or as its frame has it
        (None).
    """

    degrees: float
    sexagesimal_hours: bool | None = None


_DEGREE = AngleUnit(1.0)
_HOUR = AngleUnit(DEGREES_PER_HOUR, sexagesimal_hours=True)
_DMS = AngleUnit(1.0, sexagesimal_hours=False)
_SPELLINGS: dict[AngleUnit, str] = {
    _DEGREE: "deg degs degree degrees degr d ddeg ° º decimal_degrees decimaldegrees sexagesimal",
    _DMS: "d:m:s dms dd:mm:ss ddmmss d_m_s",
    _HOUR: "h hr hrs hour hours hourangle hour_angle h:m:s hms hh:mm:ss hhmmss h_m_s decimal_hours",
    AngleUnit(math.degrees(1.0)): "rad rads radian radians",
    AngleUnit(1.0 / 60.0): "arcmin arcmins arcminute arcminutes amin ' ′",
    AngleUnit(1.0 / ARCSEC_PER_DEGREE): "arcsec arcsecs arcsecond arcseconds asec \" ″ ''",
    AngleUnit(1e-3 / ARCSEC_PER_DEGREE): "mas marcsec milliarcsec milliarcsecond",
    AngleUnit(1e-6 / ARCSEC_PER_DEGREE): "uas µas μas uarcsec microarcsec",
}
_UNITS = {word: unit for unit, words in _SPELLINGS.items() for word in words.split()}


def angle_unit(text: str) -> AngleUnit | None:
    """Find the unit that a text names, in any case; None for what is no unit of angles."""
    word = "".join(text.split()).lower().strip("[]()")
    quoted = word.strip("\"'") or word
    return _UNITS.get(word) or _UNITS.get(quoted)
