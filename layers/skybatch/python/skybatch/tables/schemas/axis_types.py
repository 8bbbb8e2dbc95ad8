"""CTYPE and EQUINOX of a survey's images, as tables write them (FITS standard 4.0, section 8)."""

from __future__ import annotations

from skybatch.sky.pixel_grids import Projection
from skybatch.surveys.description.survey import Survey

_EQUATORIAL, _GALACTIC = ("RA---", "DEC--"), ("GLON-", "GLAT-")


def axis_types(survey: Survey, projection: Projection) -> tuple[str, str]:
    """Return CTYPE1 and CTYPE2: ``RA---SIN``, ``DEC--SIN``; empty for one that the survey does not name."""
    first, second = _GALACTIC if survey.header.frame == "galactic" else _EQUATORIAL
    code = projection.name
    if projection is Projection.OTHER:
        named = {each[:3] for each in survey.header.wcs} - {Projection.SIN.name, Projection.TAN.name}
        if len(named) != 1:
            return "", ""
        code = named.pop()
    return f"{first}{code}", f"{second}{code}"


def equinox(survey: Survey) -> float | None:
    """Return the equinox of the coordinates in years, None of frames that have none."""
    return 2000.0 if survey.header.frame == "FK5" else None
