"""Positions in 2MASS and 2MASX designations, which encode them (survey documentation, "Names")."""

from __future__ import annotations

import re

from skybatch.sky.angles import DEGREES_PER_HOUR, plain_dashes, sexagesimal
from skybatch.sky.position import SkyPosition
from skybatch.validation import InvalidValue

# Hours, minutes, seconds and one or two decimals; degrees, minutes, seconds and up to one.
_DESIGNATION = re.compile(
    r"2MAS[SX]i?\s*J?\s*([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{1,2})([+-])([0-9]{2})([0-9]{2})([0-9]{2})([0-9]?)",
    re.IGNORECASE,
)


_BARE = re.compile(r"J?[0-9]{8}[+-][0-9]{6,7}", re.IGNORECASE)


def is_designation(name: str) -> bool:
    """Whether a name is a 2MASS or 2MASX designation with a position in it."""
    return _DESIGNATION.fullmatch(name.strip()) is not None


def bare_designation_position(name: str) -> SkyPosition | None:
    """Return the ICRS position of a designation without its prefix, as the survey's catalogues give it.

    None for anything else.
    """
    text = plain_dashes(name).strip()
    return position_from_designation(f"2MASS{text}") if _BARE.fullmatch(text) else None


def position_from_designation(name: str) -> SkyPosition | None:
    """Return the ICRS position in a designation, truncated to its digits; None if it is not on the sky.

    ``2MASXJ23045666+1219223`` is 23h04m56.66s +12d19m22.3s.
    """
    match = _DESIGNATION.fullmatch(name.strip())
    if not match:
        return None
    hours, minutes, seconds, decimals, sign, *declination, last = match.groups()
    try:
        ra = DEGREES_PER_HOUR * sexagesimal("+", hours, minutes, f"{seconds}.{decimals}")
        degrees, arcmin, arcsec = declination
        dec = sexagesimal(sign, degrees, arcmin, f"{arcsec}.{last}")
    except InvalidValue:
        return None
    return SkyPosition(ra, dec) if ra < 360.0 and -90.0 <= dec <= 90.0 else None
