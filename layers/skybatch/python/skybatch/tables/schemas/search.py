"""The columns of search answers: Simple Image Access v1 and the archive's own search.

Names, types, units and UCDs follow the survey archive's services (SIA 1.0 section 4.2); their order is that
of the survey's description.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import default_survey
from skybatch.tables.model import Column, Param, double, integer, text
from skybatch.tables.schemas.common import (
    IMAGE_GROUPS,
    in_frame_of,
)
from skybatch.tables.schemas.sia_columns import (
    CRPIX,
    CRVAL,
    NAXES,
    NAXIS,
    SCALE,
    URL,
    renamed,
    sia_center,
    wavelengths,
)
from skybatch.tables.schemas.survey_columns import Group, fixed, ordered_columns

# What PARAMs mean; the description has their values.
PARAMS = {
    param.name: param
    for param in (
        Param("sia_pixflags", "", ucd="VOX:Image_PixFlags", description="Pixel flags of all images."),
        Param("sia_radesys", "", ucd="VOX:STC_CoordRefFrame", description="Coordinate reference frame."),
        Param(
            "sia_equinox",
            "",
            "double",
            ucd="VOX:STC_CoordEquinox",
            unit="yr",
            description="Equinox of the world coordinate system.",
        ),
        Param("sia_bp_unit", "", ucd="VOX:BandPass_Unit", description="Unit of the bandpass values."),
        Param("crefframe", "", ucd="VOX:STC_CoordRefFrame", description="Coordinate system reference frame."),
        Param(
            "cequinox",
            "",
            "double",
            ucd="VOX:STC_CoordEquinox",
            description="Equinox of the image world coordinate system (WCS).",
        ),
        Param(
            "ctype",
            "",
            arraysize="3",
            ucd="VOX:WCS_CoordProjection",
            description="Orthographic projection; first axis right ascension, second declination.",
        ),
        Param("bunit", "", ucd="VOX:BandPass_Unit", description="The unit of the bandpass values."),
    )
}


def _sia(survey: Survey, _: tuple[str, ...]) -> tuple[Column, ...]:
    ra, dec = sia_center(survey)
    return (
        text("sia_title", "Concise description of the image.", ucd="VOX:Image_Title"),
        renamed(URL, "sia_url"),
        renamed(NAXES, "sia_naxes"),
        text("sia_fmt", "MIME type of the image.", ucd="VOX:Image_Format", key="format"),
        renamed(ra, "sia_ra"),
        renamed(dec, "sia_dec"),
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
    )


def _bandpass(survey: Survey, which: tuple[str, ...]) -> tuple[Column, ...]:
    band = text("sia_bp_id", "Band of the image.", ucd="VOX:BandPass_ID", key="BAND")
    limits = zip(which, wavelengths(survey, which), strict=True)
    return (band, *(renamed(column, f"sia_bp_{_LIMITS[each]}") for each, column in limits))


def _wcs(survey: Survey, _: tuple[str, ...]) -> tuple[Column, ...]:
    ra, dec = in_frame_of(
        survey,
        (
            double("crval1", "Right ascension at the reference pixel.", unit="deg"),
            double("crval2", "Declination at the reference pixel.", unit="deg"),
        ),
    )
    return (
        ra,
        dec,
        double("crpix1", "Reference pixel along axis 1.", unit="pix"),
        double("crpix2", "Reference pixel along axis 2.", unit="pix"),
        double("cdelt1", "Degrees per pixel along axis 1.", unit="deg/pix", format="%.9e"),
        double("cdelt2", "Degrees per pixel along axis 2.", unit="deg/pix", format="%.9e"),
    )


# What an image was found for, in answers to positions.
INPUT_POSITION: tuple[Column, ...] = (
    integer("in_row_id", "Number of the position in the uploaded table, from 1; 1 for POS itself."),
    double("in_ra", "Right ascension of the position.", unit="deg", ucd="pos.eq.ra", frame="ICRS"),
    double("in_dec", "Declination of the position.", unit="deg", ucd="pos.eq.dec", frame="ICRS"),
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


def sia_access(survey: Survey) -> tuple[Column, ...]:
    """Return the columns of `SIA_ACCESS` as they are of a survey: not all tell the day alone."""
    time = survey.obscore.time
    if time is None or time.day:
        return SIA_ACCESS
    middle = "Modified Julian Date of the middle of the exposure, or of the exposures."
    return (replace(SIA_ACCESS[0], description=middle), *SIA_ACCESS[1:])


_LIMITS = {"ref": "ref", "low": "lo", "high": "hi"}
GROUPS: Mapping[str, Group] = {
    **IMAGE_GROUPS,
    "sia": _sia,
    "bandpass": _bandpass,
    "file_name_native": fixed(text("fname", "Name of the image file.")),
    "wcs": _wcs,
}


def sia_search(survey: Survey) -> tuple[Column, ...]:
    """Return the columns of Simple Image Access v1."""
    return ordered_columns(survey, survey.tables.sia, GROUPS)


@lru_cache(maxsize=32)  # a search of the whole survey asks for them with every chunk of it
def native_search(survey: Survey) -> tuple[Column, ...]:
    """Return the columns of the archive's own search."""
    return ordered_columns(survey, survey.tables.search, GROUPS)


def sia_params(survey: Survey) -> tuple[Param, ...]:
    """Return the PARAMs of Simple Image Access v1."""
    return _params(survey.votable.sia)


def inventory_params(survey: Survey) -> tuple[Param, ...]:
    """Return the PARAMs of the image inventory and of a batch's VOTables."""
    return _params(survey.votable.inventory)


def _params(values: Mapping[str, str]) -> tuple[Param, ...]:
    return tuple(replace(PARAMS.get(name, Param(name, "")), value=value) for name, value in values.items())


SIA_SEARCH = sia_search(default_survey())
NATIVE_SEARCH = native_search(default_survey())
SIA_PARAMS = sia_params(default_survey())
INVENTORY_PARAMS = inventory_params(default_survey())
