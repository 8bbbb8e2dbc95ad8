"""Columns of Simple Image Access v1 that both the search answers and a batch's tables have.

Units, UCDs and digits follow section 4.2 of SIA 1.0; the two sets call some of them by other names: see
`renamed`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from skybatch.tables.model import Column, double, integer, text
from skybatch.tables.schemas.common import CENTER


def renamed(column: Column, name: str, **changes: Any) -> Column:
    """Return the column by another name; its values stay those under its own key."""
    return replace(column, name=name, key=column.source, **changes)


URL = text("url", "URL of the image.", ucd="VOX:Image_AccessReference", link="image")
SIA_RA = replace(CENTER[0], ucd="POS_EQ_RA_MAIN")
SIA_DEC = replace(CENTER[1], ucd="POS_EQ_DEC_MAIN")
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
BREF = double(
    "bref", "Reference wavelength of the filter.", unit="m", ucd="VOX:BandPass_RefValue", format="%.3e"
)
BLO = double(
    "blo", "Lower wavelength limit of the filter.", unit="m", ucd="VOX:BandPass_LoLimit", format="%.3e"
)
BHI = double(
    "bhi", "Upper wavelength limit of the filter.", unit="m", ucd="VOX:BandPass_HiLimit", format="%.3e"
)
ARTIFACTS = (
    text("pers_art", "URL of the table of persistence artifacts; null where the archive has none."),
    text("glint_art", "URL of the table of filter glint artifacts; null where the archive has none."),
)
