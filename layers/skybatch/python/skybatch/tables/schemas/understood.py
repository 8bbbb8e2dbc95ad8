"""The columns of a table as this service understands it (``POST /tables``), a set for each list mode.

Each can be posted as a batch and is the same request as the table it was made from. Their names are those
that the readers of requests prefer.
"""

from __future__ import annotations

from skybatch.tables.model import Column, double, integer, text
from skybatch.tables.schemas.common import (
    COADD_KEY,
    DATASET,
    HEM,
    IMAGE_ID,
    REQUESTED,
    SCAN,
    TABLE_MARKER_COLUMN,
    TYPE,
    XDATE_DESCRIPTION,
)

ROW = integer("row", "Number of the row among the rows of data, from 1.", ucd="meta.id;meta.main")
LINE = integer("line", "Line of the uploaded text; null for binary formats.")
ID = text("id", "Identifier of the row.", ucd="meta.id")
GIVEN_ID = text("given_id", "The identifier as given, where it was longer than an id may be.", ucd="meta.id")
SIZE = double(
    "size",
    "Width and height of the crop; null, zero or negative for the whole image.",
    unit="arcsec",
    ucd="phys.angSize",
)
BEST = text(
    "best", "Whether only the best image is wanted.", options=(("y", "best only"), ("n", "all images"))
)
BANDS = text("band", "Bands of the row, such as JHK.")
# Only where a row has an error; such a row has no position, key or date, so that no batch takes it.
ERROR = text("error", "What is wrong in the row.", ucd="meta.note")
# What else a table of this service says of its rows.
SERVICE_COLUMNS: tuple[Column, ...] = (
    integer("scntr", "Number of the request row that the image is for."),
    DATASET,
    TYPE,
    text("form", "Form in which the image is delivered."),
    TABLE_MARKER_COLUMN,
)

UNDERSTOOD_POSITIONS: tuple[Column, ...] = (
    ROW,
    LINE,
    double("ra", "Right ascension, ICRS.", unit="deg", ucd="pos.eq.ra;meta.main", frame="ICRS"),
    double("dec", "Declination, ICRS.", unit="deg", ucd="pos.eq.dec;meta.main", frame="ICRS"),
    text("name", "Object name, to be resolved when a batch is planned; null where there is a position."),
    SIZE,
    BEST,
    ID,
)
UNDERSTOOD_IMAGE_IDS: tuple[Column, ...] = (ROW, LINE, IMAGE_ID, BANDS, *REQUESTED[:2], SIZE, ID)
UNDERSTOOD_KEYS: tuple[Column, ...] = (ROW, LINE, COADD_KEY, BANDS, *REQUESTED[:2], SIZE, ID)
UNDERSTOOD_SCANS: tuple[Column, ...] = (
    ROW,
    LINE,
    text("xdate", XDATE_DESCRIPTION),
    HEM,
    SCAN,
    integer("image", "Number of the image in its scan; null for all of the scan."),
    BANDS,
    ID,
)
