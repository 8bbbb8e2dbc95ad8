"""Columns that several of our tables share, each with the line that help pages show.

Names and types follow the survey archive's image inventory (its SIA v1 answer); units are spelled as
VOTable's unit standard has them (``m``, ``arcsec``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from skybatch.surveys.description.images import Product
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import default_survey
from skybatch.tables.model import Column, Frame, double, integer, text
from skybatch.tables.schemas.marker import TABLE_MARKER
from skybatch.tables.schemas.survey_columns import Group, fixed, survey_column

STATUS_OPTIONS = (
    ("retrieved", "The image is in the archive of this batch"),
    ("over_limit", "It lies beyond the size limit of one batch"),
    ("failed", "It could not be delivered"),
    ("cancelled", "The batch was cancelled first"),
)

QUICKLOOK_CAUTION = (
    "CAUTION: Quicklook images are restored from lossy-compressed files. "
    "Always use Atlas images for photometric measurements."
)


def dataset_column(survey: Survey) -> Column:
    """Return the column of data sets."""
    options = tuple((name, dataset.title) for name, dataset in survey.datasets.items())
    return text("dataset", "Data set the image belongs to.", options=options)


def type_column(survey: Survey) -> Column:
    """Return the column of kinds of images."""
    products = tuple(survey.images.values())
    options = tuple((product.type, product.title) for product in reversed(products))
    return text("type", f"Kind of image: {' or '.join(map(_kind, products))}.", options=options)


def _kind(product: Product) -> str:
    lossy = ", lossy-compressed" if product.power == "quicklooks" else ""
    return f"{product.type} ({product.title}{lossy})"


def band_column(survey: Survey) -> Column:
    """Return the column of bands."""
    options = tuple((band.show, f"{survey.short} {band.label}-Band") for band in survey.band)
    return text("band", "Band of the image.", ucd="VOX:BandPass_ID", key="BAND", options=options)


def in_frame_of(survey: Survey, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return columns of coordinates in the frame of a survey's images; galactic ones are given as ICRS."""
    frame: Frame = "FK5" if survey.header.frame == "FK5" else "ICRS"
    return tuple(replace(column, frame=frame) for column in columns)


ID = text("id", "Identifier of the request row that the image is for.", ucd="meta.id")
GIVEN_ID = text(
    "given_id", "Identifier as given in the row, where id is a shortened form of it.", ucd="meta.id"
)
ROW_NUMBER_DESCRIPTION = (
    "Number of the request row that the image is for; null for a region or a single scan."
)

SURVEY = text("survey", "Survey that the image belongs to.")
IMAGE_ID = text("image_id", "Identifier of the image set.", ucd="meta.id")
DATASET, TYPE, BAND = (make(default_survey()) for make in (dataset_column, type_column, band_column))
HEM, SCAN, IMAGE, COADD_KEY = (
    survey_column(default_survey(), name) for name in ("hem", "scan", "image", "coadd_key")
)
XDATE_DESCRIPTION = survey_column(default_survey(), "xdate").description
CENTER = (
    double("ra", "Right ascension of the image centre.", unit="deg", format="%.8f", frame="FK5"),
    double("dec", "Declination of the image centre.", unit="deg", format="%.8f", frame="FK5"),
)
NAXIS1_NAXIS2 = (
    integer("naxis1", "Columns of the image.", unit="pix"),
    integer("naxis2", "Rows of the image.", unit="pix"),
)
PIXEL_SCALE = double(
    "pixel_scale", "Side of a pixel: the mean of both axes.", unit="arcsec/pix", format="%.6f"
)
CROTA2 = double("crota2", "Twist about the image centre, +AXIS2 west of north (J2000).", unit="deg")
REQUESTED = (
    double(
        "req_ra",
        "Right ascension requested in the row, ICRS.",
        unit="deg",
        ucd="pos.eq.ra",
        frame="ICRS",
    ),
    double(
        "req_dec",
        "Declination requested in the row, ICRS.",
        unit="deg",
        ucd="pos.eq.dec",
        frame="ICRS",
    ),
    double(
        "size",
        "Width and height requested in the row; null for the whole image.",
        unit="arcsec",
        ucd="phys.angSize",
    ),
)
DELIVERY = (
    text("status", "Outcome of the image.", ucd="meta.code.status", options=STATUS_OPTIONS),
    text("reason", "Why the image was not retrieved; null for those that were.", ucd="meta.note"),
    text("file", "Path of the image inside the archive of the batch.", ucd="meta.id;meta.file"),
    Column("bytes", "long", "Size of the file.", unit="byte", ucd="phys.size;meta.file"),
    text("md5", "MD5 checksum of the file, in hexadecimal digits."),
)
EDGE_DIST = double(
    "edge_dist",
    "Distance from the position to the nearest image edge: the number by which the best image is chosen.",
    unit="arcsec",
    ucd="pos.angDistance",
    format="%.3f",
)
DELIVERY_FORMAT = text(
    "form", "Form in which the image is delivered: fits.gz, fits, fits.H or fits.fz.", key="delivery_format"
)
CUT_AT_EDGE = text(
    "cut_at_edge",
    "Whether the crop reaches beyond its image; null for a whole image.",
    options=(("y", "part of what was requested lies beyond"), ("n", "all of it lies within")),
)
EDGE = text(
    "edge",
    "Treatment of the crop where its image ends; only in tables of a batch with padded crops.",
    options=(("clip", "smaller there"), ("pad", "of the full size, with blank pixels")),
)
TABLE_MARKER_COLUMN = text(TABLE_MARKER, "Marks a table of this service, which can be posted back as it is.")
# Columns that only images found for a position have values in.
POSITION_COLUMNS = frozenset({"req_ra", "req_dec", "size", "edge_dist", "cut_at_edge"})
# What posting a table back needs, in every format (the marker is a keyword, PARAM or column), beside `EDGE`
# where crops are padded.
RESUBMISSION_COLUMNS = (
    "coadd_key",
    "band",
    "id",
    "scntr",
    "dataset",
    "type",
    "form",
    "req_ra",
    "req_dec",
    "size",
)


def corner(number: int) -> tuple[Column, Column]:
    """Columns of one image corner, outer edge of the corner pixel; they run round from pixel (1, 1)."""
    where = (
        "first column, first row",
        "last column, first row",
        "last column, last row",
        "first column, last row",
    )
    return (
        _corner(f"ra{number}", f"Right ascension of image corner {number} ({where[number - 1]})."),
        _corner(f"dec{number}", f"Declination of image corner {number} ({where[number - 1]})."),
    )


def _corner(name: str, description: str) -> Column:
    return double(name, description, unit="deg", format="%.8f", frame="FK5")


CORNERS = tuple(column for number in (1, 2, 3, 4) for column in corner(number))
# The groups that both the search answers and a batch's tables of images have: see `survey_columns`.
IMAGE_GROUPS: Mapping[str, Group] = {
    "set": fixed(SURVEY, IMAGE_ID),
    "place": lambda survey, _: in_frame_of(survey, CENTER),
    "corners": lambda survey, _: in_frame_of(survey, CORNERS),
    "naxis": fixed(*NAXIS1_NAXIS2),
    "crota2": fixed(CROTA2),
}
