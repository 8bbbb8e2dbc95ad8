"""CTYPE and EQUINOX of a survey's images, as tables write them (FITS standard 4.0, section 8)."""

from __future__ import annotations

from skybatch.sky.pixel_grids import Projection
from skybatch.surveys.description.survey import Survey

_EQUATORIAL, _GALACTIC = ("RA---", "DEC--"), ("GLON-", "GLAT-")


def axis_types(survey: Survey, projection: Projection) -> tuple[str, str]:
    """Return CTYPE1 and CTYPE2: ``RA---SIN``, ``DEC--SIN``."""
    first, second = _GALACTIC if survey.header.frame == "galactic" else _EQUATORIAL
    return f"{first}{projection.name}", f"{second}{projection.name}"


def equinox(survey: Survey) -> float | None:
    """Return the equinox of the coordinates in years, None of frames that have none."""
    return 2000.0 if survey.header.frame == "FK5" else None
