"""The columns of a batch's tables: images in each format, and the rows of the request.

The first columns are the image inventory's own, in its order; what we add stands at the end. Tables of
images can be posted back: see `RESUBMISSION_COLUMNS`.
"""

from __future__ import annotations

from skybatch.tables.model import Column, double, integer, text
from skybatch.tables.schemas.common import (
    BAND,
    CENTER,
    COADD_KEY,
    CORNERS,
    CROTA2,
    CUT_AT_EDGE,
    DATASET,
    DELIVERY,
    DELIVERY_FORMAT,
    EDGE,
    EDGE_DIST,
    GIVEN_ID,
    HEM,
    ID,
    IMAGE,
    NAXIS1_NAXIS2,
    PHOTOMETRY,
    REQUESTED,
    ROW_NUMBER_DESCRIPTION,
    SCAN,
    TABLE_MARKER_COLUMN,
    TYPE,
    UT_DATE,
    XDATE_DESCRIPTION,
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

BATCH_IPAC: tuple[Column, ...] = (
    renamed(URL, "download"),
    ID,
    integer("scntr", ROW_NUMBER_DESCRIPTION, key="row_number"),
    text("name", "Name of the image file in the survey archive.", key="fname"),
    TYPE,
    DATASET,
    text("xdate", XDATE_DESCRIPTION),
    HEM,
    SCAN,
    IMAGE,
    UT_DATE,
    BAND,
    COADD_KEY,
    *CENTER,
    *CORNERS,
    *NAXIS1_NAXIS2,
    CROTA2,
    *PHOTOMETRY,
    *REQUESTED,
    *DELIVERY,
    EDGE_DIST,
    DELIVERY_FORMAT,
    GIVEN_ID,
    CUT_AT_EDGE,
    EDGE,
)

INVENTORY: tuple[Column, ...] = (
    text("name", "Concise description of the image.", ucd="VOX:Image_Title", key="title"),
    renamed(URL, "download"),
    renamed(SIA_RA, "center_ra"),
    renamed(SIA_DEC, "center_dec"),
    NAXES,
    NAXIS,
    SCALE,
    text("format", "MIME type of what the URL gives.", ucd="VOX:Image_Format"),
    CRPIX,
    CRVAL,
    CROTA2,
    BAND,
    BREF,
    BHI,
    BLO,
    *ARTIFACTS,
    TYPE,
    DATASET,
    text(
        "pixflags",
        "Pixel flags of the image: C, copied from their source; Z, valid fluxes; V, for looking.",
        ucd="VOX:Image_PixFlags",
    ),
    ID,
    text("scntr", ROW_NUMBER_DESCRIPTION, key="row_number"),
    text("date", XDATE_DESCRIPTION, key="xdate"),
    HEM,
    SCAN,
    IMAGE,
    UT_DATE,
    COADD_KEY,
    *PHOTOMETRY,
    integer("bin", "Level-7 HTM triangle that holds the image's reference position, in base-4 digits."),
)

_DELIVERED: tuple[Column, ...] = (*INVENTORY, *DELIVERY, EDGE_DIST, *REQUESTED, DELIVERY_FORMAT)
BATCH_VOTABLE: tuple[Column, ...] = (*_DELIVERED, GIVEN_ID, CUT_AT_EDGE, EDGE)
BATCH_CSV: tuple[Column, ...] = (*_DELIVERED, TABLE_MARKER_COLUMN, GIVEN_ID, CUT_AT_EDGE, EDGE)

# For people: the few facts that tell one image from another, with links to it and to its preview.
BATCH_HTML: tuple[Column, ...] = (
    integer("row", ROW_NUMBER_DESCRIPTION, key="row_number"),
    ID,
    text("name", "Name of the image file in the survey archive.", key="fname"),
    BAND,
    TYPE,
    text("date", XDATE_DESCRIPTION, key="xdate"),
    HEM,
    SCAN,
    IMAGE,
    COADD_KEY,
    double("ra", "Right ascension of the image centre, FK5 J2000.", unit="deg", format="%.6f", frame="FK5"),
    double("dec", "Declination of the image centre, FK5 J2000.", unit="deg", format="%.6f", frame="FK5"),
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

# Each input row and its outcome. Without the marker: posted back, it is a list like any other.
ROWS: tuple[Column, ...] = (
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
    COADD_KEY,
    text("xdate", XDATE_DESCRIPTION),
    HEM,
    SCAN,
    integer("image", "Number of the image in its scan; null for all of the scan."),
    text("band", "Bands requested, such as JHK."),
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
