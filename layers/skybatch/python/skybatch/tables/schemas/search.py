"""The columns of search answers: Simple Image Access v1 and the archive's own search.

Names, order, types, units and UCDs follow the survey archive's services (SIA 1.0 section 4.2).
"""

from __future__ import annotations

from skybatch.tables.model import Column, Param, double, integer, text
from skybatch.tables.schemas.common import (
    CENTER,
    COADD_KEY,
    CORNERS,
    CROTA2,
    HEMISPHERE_OPTIONS,
    NAXIS1_NAXIS2,
    PHOTOMETRY,
)
from skybatch.tables.schemas.sia_columns import (
    ARTIFACTS,
    BHI,
    BLO,
    BREF,
    CRPIX,
    CRVAL,
    NAXES,
    NAXIS,
    SCALE,
    SIA_DEC,
    SIA_RA,
    URL,
    renamed,
)

_ORDATE = "Reference date of the image, yymmdd; it can differ by a day from the UT date."
_NATIVE_COMMON: tuple[Column, ...] = (
    text("ordate", _ORDATE, arraysize="6", key="xdate"),
    text("hemisphere", "Hemisphere of the observatory: n or s.", key="hem", options=HEMISPHERE_OPTIONS),
    integer("scanno", "Number of the scan in its night.", key="scan"),
    integer("coaddno", "Number of the image in its scan.", key="image"),
)
_UT_DATE = text("ut_date", "UT date on which the image was taken, yymmdd.", arraysize="6")

SIA_SEARCH: tuple[Column, ...] = (
    text("sia_title", "Concise description of the image.", ucd="VOX:Image_Title"),
    renamed(URL, "sia_url"),
    renamed(NAXES, "sia_naxes"),
    text("sia_fmt", "MIME type of the image.", ucd="VOX:Image_Format", key="format"),
    renamed(SIA_RA, "sia_ra"),
    renamed(SIA_DEC, "sia_dec"),
    renamed(NAXIS, "sia_naxis"),
    renamed(CRPIX, "sia_crpix"),
    renamed(CRVAL, "sia_crval"),
    text("sia_proj", "Celestial projection of the image.", ucd="VOX:WCS_CoordProjection", arraysize="3"),
    renamed(SCALE, "sia_scale", unit="deg/pix"),
    double(
        "sia_cd",
        "WCS CD matrix: CD1_1, CD1_2, CD2_1, CD2_2.",
        unit="deg/pix",
        ucd="VOX:WCS_CDMatrix",
        arraysize="*",
    ),
    text("sia_bp_id", "Band of the image.", ucd="VOX:BandPass_ID", key="BAND"),
    renamed(BREF, "sia_bp_ref"),
    renamed(BLO, "sia_bp_lo"),
    renamed(BHI, "sia_bp_hi"),
    *ARTIFACTS,
    *_NATIVE_COMMON,
    _UT_DATE,
    COADD_KEY,
    *PHOTOMETRY,
)

# What clients of SIA 1.0 look for by UCD, and the id for DataLink and SODA; behind the archive's own columns.
SIA_ACCESS: tuple[Column, ...] = (
    double(
        "mjd_obs",
        "Modified Julian Date of the middle of the UT date on which the image was taken.",
        unit="d",
        ucd="VOX:Image_MJDateObs",
    ),
    text("instrument", "Instrument.", ucd="INST_ID"),
    Column(
        "filesize", "long", "Size of the file; null where it is made when it is asked for.", unit="byte",
        ucd="VOX:Image_FileSize",
    ),
    text("publisher_did", "Identifier of the image, for DataLink and SODA.", ucd="meta.ref.ivoid"),
)  # fmt: skip

SIA_PARAMS: tuple[Param, ...] = (
    Param("sia_pixflags", "CZ", ucd="VOX:Image_PixFlags", description="Pixel flags of all images."),
    Param("sia_radesys", "FK5", ucd="VOX:STC_CoordRefFrame", description="Coordinate reference frame."),
    Param(
        "sia_equinox",
        "2000.0",
        "double",
        ucd="VOX:STC_CoordEquinox",
        unit="yr",
        description="Equinox of the world coordinate system.",
    ),
    Param("sia_bp_unit", "meters", ucd="VOX:BandPass_Unit", description="Unit of the bandpass values."),
)

INVENTORY_PARAMS: tuple[Param, ...] = (
    Param("crefframe", "FK5", ucd="VOX:STC_CoordRefFrame", description="Coordinate system reference frame."),
    Param(
        "cequinox",
        "2000.0",
        "double",
        ucd="VOX:STC_CoordEquinox",
        description="Equinox of the image world coordinate system (WCS).",
    ),
    Param(
        "ctype",
        "SIN",
        arraysize="3",
        ucd="VOX:WCS_CoordProjection",
        description="Orthographic projection; first axis right ascension, second declination.",
    ),
    Param("bunit", "meters", ucd="VOX:BandPass_Unit", description="The unit of the bandpass values."),
)

NATIVE_SEARCH: tuple[Column, ...] = (
    *_NATIVE_COMMON,
    text("filter", "Band of the image, in lower case.", key="band"),
    text("fname", "Name of the image file."),
    _UT_DATE,
    COADD_KEY,
    *CENTER,
    double("crval1", "Right ascension at the reference pixel.", unit="deg", frame="FK5"),
    double("crval2", "Declination at the reference pixel.", unit="deg", frame="FK5"),
    double("crpix1", "Reference pixel along axis 1.", unit="pix"),
    double("crpix2", "Reference pixel along axis 2.", unit="pix"),
    double("cdelt1", "Degrees per pixel along axis 1.", unit="deg/pix", format="%.9e"),
    double("cdelt2", "Degrees per pixel along axis 2.", unit="deg/pix", format="%.9e"),
    CROTA2,
    *NAXIS1_NAXIS2,
    *CORNERS,
    *PHOTOMETRY,
)
