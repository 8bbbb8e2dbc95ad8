"""The columns of a batch's tables: images in each format, and the rows of the request.

The first columns are the image inventory's own, in the order of the survey's description; what we add stands
at the end. Tables of images can be posted back: see `RESUBMISSION_COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import default_survey
from skybatch.tables.model import Column, double, integer, text
from skybatch.tables.schemas.common import (
    CUT_AT_EDGE,
    DELIVERY,
    DELIVERY_FORMAT,
    EDGE,
    EDGE_DIST,
    GIVEN_ID,
    ID,
    IMAGE_GROUPS,
    IMAGE_ID,
    REQUESTED,
    ROW_NUMBER_DESCRIPTION,
    SURVEY,
    TABLE_MARKER_COLUMN,
    band_column,
    dataset_column,
    in_frame_of,
    type_column,
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

_LONGEST_NAME = 16  # characters of a column's name in IPAC tables
FILE_NAME = text("name", "Name of the image file in the survey archive.", key="fname")
MIDDLE = (
    double("ra", "Right ascension of the image centre", unit="deg", format="%.6f"),
    double("dec", "Declination of the image centre", unit="deg", format="%.6f"),
)


def _middle(survey: Survey, _: tuple[str, ...]) -> tuple[Column, ...]:
    """Return the columns of the image centre for people, whose descriptions name the frame."""
    words = {"FK5": "FK5 J2000", "ICRS": "ICRS"}
    columns = in_frame_of(survey, MIDDLE)
    return tuple(replace(each, description=f"{each.description}, {words[each.frame]}.") for each in columns)


def _in_sia(survey: Survey, _: tuple[str, ...]) -> tuple[Column, ...]:
    ra, dec = sia_center(survey)
    mime = text("format", "MIME type of what the URL gives.", ucd="VOX:Image_Format")
    place = (renamed(ra, "center_ra"), renamed(dec, "center_dec"))
    return (*place, NAXES, NAXIS, SCALE, mime, CRPIX, CRVAL)


GROUPS: Mapping[str, Group] = {
    **IMAGE_GROUPS,
    "link": fixed(renamed(URL, "download")),
    "asked_by": fixed(ID, integer("scntr", ROW_NUMBER_DESCRIPTION, key="row_number")),
    "asked_by_text": fixed(ID, text("scntr", ROW_NUMBER_DESCRIPTION, key="row_number")),
    "row": fixed(integer("row", ROW_NUMBER_DESCRIPTION, key="row_number"), ID),
    "file_name": fixed(FILE_NAME),
    "title": fixed(
        text("name", "Concise description of the image.", ucd="VOX:Image_Title", key="title"),
    ),
    "type": lambda survey, _: (type_column(survey), dataset_column(survey)),
    "kind": lambda survey, _: (type_column(survey),),
    "band": lambda survey, _: (band_column(survey),),
    "image_id": fixed(IMAGE_ID),
    "place_html": _middle,
    "sia_place": _in_sia,
    "wave": wavelengths,
    "pixflags": fixed(
        text(
            "pixflags",
            "Pixel flags of the image: C, copied from their source; Z, valid fluxes; V, for looking.",
            ucd="VOX:Image_PixFlags",
        ),
    ),
    "requested": fixed(*REQUESTED),
    "delivery": fixed(*DELIVERY),
    "edge": fixed(EDGE_DIST),
    "form": fixed(DELIVERY_FORMAT),
    "htm": fixed(
        integer("bin", "Level-7 HTM triangle that holds the image's reference position, in base-4 digits."),
    ),
}
_AT_END = (GIVEN_ID, CUT_AT_EDGE, EDGE)


def batch_ipac(survey: Survey) -> tuple[Column, ...]:
    """Return the columns of a batch's images as an IPAC table."""
    return (*ordered_columns(survey, survey.tables.ipac, GROUPS), *_AT_END)


def inventory(survey: Survey) -> tuple[Column, ...]:
    """Return the columns of the image inventory, with which a batch's VOTables begin."""
    return ordered_columns(survey, survey.tables.votable, GROUPS)


def batch_votable(survey: Survey) -> tuple[Column, ...]:
    """Return the columns of a batch's images as a VOTable."""
    return (*_delivered(survey), *_AT_END)


def batch_csv(survey: Survey) -> tuple[Column, ...]:
    """Return the columns of a batch's images as CSV and TSV, which mark themselves by one of them."""
    return (*_delivered(survey), TABLE_MARKER_COLUMN, *_AT_END)


def _delivered(survey: Survey) -> tuple[Column, ...]:
    return (*inventory(survey), *DELIVERY, EDGE_DIST, *REQUESTED, DELIVERY_FORMAT)


def batch_html(survey: Survey) -> tuple[Column, ...]:
    """Return the few facts that tell one image from another, with links to it and to its preview."""
    return (
        *ordered_columns(survey, survey.tables.html, GROUPS),
        *DELIVERY[:2],
        DELIVERY[3],
        EDGE_DIST,
        text("file", "URL of the image.", link="image", key="url"),
        text("preview", "URL of a page or picture that shows the image.", link="preview"),
        CUT_AT_EDGE,
    )


OUTCOME_OPTIONS = (
    ("retrieved", "All images of the row were retrieved"),
    ("partial", "Some images of the row were retrieved"),
    ("over_limit", "Its images lie beyond the size limit of one batch"),
    ("failed", "Its images could not be delivered"),
    ("not_covered", "No image set covers the position, or the key or scan is unknown"),
    ("unresolved", "The object name could not be resolved"),
    ("duplicate", "An earlier row asks for the same images"),
    ("cancelled", "The batch was cancelled before the row was processed"),
)

_ROWS_BEFORE: tuple[Column, ...] = (
    integer("row", "Number of the row in the request, from 1.", ucd="meta.id;meta.main"),
    text("id", "Identifier given in the row.", ucd="meta.id"),
    double(
        "ra",
        "Right ascension requested, or found for the name; ICRS.",
        unit="deg",
        ucd="pos.eq.ra",
        frame="ICRS",
    ),
    double(
        "dec",
        "Declination requested, or found for the name; ICRS.",
        unit="deg",
        ucd="pos.eq.dec",
        frame="ICRS",
    ),
    text("name", "Object name requested."),
    REQUESTED[2],
    text(
        "best",
        "Whether only the best image was requested.",
        options=(("y", "best only"), ("n", "all images")),
    ),
)
_ROWS_AFTER: tuple[Column, ...] = (
    text("outcome", "Outcome of the row.", ucd="meta.code.status", options=OUTCOME_OPTIONS),
    integer("retrieved", "Images that were retrieved.", ucd="meta.number"),
    integer("over_limit", "Images beyond the size limit of one batch.", ucd="meta.number"),
    integer("failed", "Images that could not be delivered.", ucd="meta.number"),
    text(
        "reason",
        "Why images of the row are missing; how many of its crops reach beyond their image.",
        ucd="meta.note",
    ),
    integer("absent", "Images asked for that the archive does not hold.", ucd="meta.number"),
    GIVEN_ID,
)


def batch_rows(survey: Survey) -> tuple[Column, ...]:
    """Return the columns of each input row and its outcome.

    Without the marker: posted back, it is a list like any other.
    """
    bands = text("band", f"Bands requested, such as {survey.bands_text(survey.bands)}.")
    own = ordered_columns(survey, survey.tables.rows, GROUPS)
    return (*_ROWS_BEFORE, *(replace(column, key="") for column in own), bands, *_ROWS_AFTER)


def rows_of_surveys(surveys: Sequence[Survey], survey_ids: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of each input row with its outcome in each of several surveys."""
    own = {column.name: column for survey in surveys for column in batch_rows(survey)}
    outcome = _ROWS_AFTER[0]
    in_each = tuple(
        replace(outcome, name=name, key=survey_id, description=f"Outcome of the row in {survey_id} alone.")
        for name, survey_id in zip(outcome_columns(survey_ids), survey_ids, strict=True)
    )
    columns: list[Column] = []
    for column in (*_ROWS_BEFORE, SURVEY, IMAGE_ID, *own.values()):
        if column.name not in {each.name for each in columns} and column not in _ROWS_AFTER:
            columns.append(own_bands(surveys) if column.name == "band" else column)
    return (*columns, outcome, *in_each, *_ROWS_AFTER[1:])


def own_bands(surveys: Sequence[Survey]) -> Column:
    """Return the column of the bands that rows ask for in several surveys."""
    shown = ",".join(dict.fromkeys(band.show for survey in surveys for band in survey.band))
    return text("band", f"Bands requested, such as {shown}.")


def outcome_columns(survey_ids: Iterable[str]) -> tuple[str, ...]:
    """Return the names of columns of outcomes by survey: at most 16 characters, as IPAC tables have them.

    ``in_2mass_asky``; of names that are too long and begin alike, those behind the first end in a number.
    """
    names: list[str] = []
    for survey_id in survey_ids:
        name, number = f"in_{survey_id.replace('-', '_')}"[:_LONGEST_NAME], 1
        while name in names:
            number += 1
            name = f"{name[: _LONGEST_NAME - 1 - len(str(number))]}_{number}"
        names.append(name)
    return tuple(names)


BATCH_IPAC = batch_ipac(default_survey())
INVENTORY = inventory(default_survey())
BATCH_VOTABLE = batch_votable(default_survey())
BATCH_CSV = batch_csv(default_survey())
BATCH_HTML = batch_html(default_survey())
ROWS = batch_rows(default_survey())
