"""Columns of Simple Image Access v1 that both the search answers and a batch's tables have.

Units, UCDs and digits follow section 4.2 of SIA 1.0; the two sets call some of them by other names: see
`renamed`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from skybatch.surveys.description.survey import Survey
from skybatch.tables.model import Column, double, integer, text
from skybatch.tables.schemas.common import CENTER, in_frame_of


def renamed(column: Column, name: str, **changes: Any) -> Column:
    """Return the column by another name; its values stay those under its own key."""
    return replace(column, name=name, key=column.source, **changes)


def _wavelength(name: str, description: str, ucd: str) -> Column:
    return double(name, description, unit="m", ucd=ucd, format="%.3e")


URL = text("url", "URL of the image.", ucd="VOX:Image_AccessReference", link="image")
NAXES = integer("naxes", "Number of image axes.", ucd="VOX:Image_Naxes")
NAXIS = integer("naxis", "Length of each image axis in pixels.", ucd="VOX:Image_Naxis", arraysize="*")
SCALE = double(
    "scale",
    "Degrees per pixel along each image axis.",
    unit="deg",
    ucd="VOX:Image_Scale",
    arraysize="*",
    format="%.9e",
)
CRPIX = double(
    "crpix",
    "Pixel coordinates of the WCS reference pixel.",
    unit="pix",
    ucd="VOX:WCS_CoordRefPixel",
    arraysize="*",
)
CRVAL = double(
    "crval",
    "World coordinates of the WCS reference pixel.",
    unit="deg",
    ucd="VOX:WCS_CoordRefValue",
    arraysize="*",
)
BREF = _wavelength("bref", "Reference wavelength of the filter.", "VOX:BandPass_RefValue")
BLO = _wavelength("blo", "Lower wavelength limit of the filter.", "VOX:BandPass_LoLimit")
BHI = _wavelength("bhi", "Upper wavelength limit of the filter.", "VOX:BandPass_HiLimit")
WAVELENGTHS = {"ref": BREF, "low": BLO, "high": BHI}


def wavelengths(survey: Survey, which: tuple[str, ...]) -> tuple[Column, ...]:
    """Return columns of filters, which link to the survey's own page about them, in the order given."""
    return tuple(replace(WAVELENGTHS[each], documentation=survey.filters_page) for each in which)


def sia_center(survey: Survey) -> tuple[Column, Column]:
    """Return the columns of the image centre with the UCDs of SIA 1.0."""
    ra, dec = in_frame_of(survey, CENTER)
    return replace(ra, ucd="POS_EQ_RA_MAIN"), replace(dec, ucd="POS_EQ_DEC_MAIN")
