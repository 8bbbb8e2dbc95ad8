"""Columns that several of our tables share, each with the line that help pages show.

Names and types follow the survey archive's image inventory (its SIA v1 answer); units are spelled as
VOTable's unit standard has them (``m``, ``arcsec``).
"""

from __future__ import annotations

from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BAND_NAMES
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.tables.model import Column, double, integer, text

BAND_OPTIONS = tuple((band.upper(), f"2MASS {name}-Band") for band, name in BAND_NAMES.items())
TYPE_OPTIONS = tuple((kind.letter, kind.label) for kind in (ImageType.QUICKLOOK, ImageType.ATLAS))
DATASET_OPTIONS = tuple((dataset.id, dataset.title) for dataset in DATASETS.values())
HEMISPHERE_OPTIONS = (("n", "North (Mt. Hopkins)"), ("s", "South (Cerro Tololo)"))
STATUS_OPTIONS = (
    ("retrieved", "The image is in the archive of this batch"),
    ("over_limit", "It lies beyond the size limit of one batch"),
    ("failed", "It could not be delivered"),
    ("cancelled", "The batch was cancelled first"),
)

# The marker by which a table of this service is known when it is posted back, and the version of its layout.
TABLE_MARKER = "skybatch"
TABLE_MARKER_VERSION = "1"
QUICKLOOK_CAUTION = (
    "CAUTION: Quicklook images are restored from lossy-compressed files. "
    "Always use Atlas images for photometric measurements."
)

ID = text("id", "Identifier of the request row that the image is for.", ucd="meta.id")
GIVEN_ID = text(
    "given_id", "Identifier as given in the row, where id is a shortened form of it.", ucd="meta.id"
)
ROW_NUMBER_DESCRIPTION = (
    "Number of the request row that the image is for; null for a region or a single scan."
)
XDATE_DESCRIPTION = "Reference date of the image, yymmdd, kept as text; can differ by a day from the UT date."
COADD_KEY_DESCRIPTION = (
    "Key of the image set: unique for observation date, hemisphere, scan and image number."
)

DATASET = text("dataset", "Data set the image belongs to.", options=DATASET_OPTIONS)
TYPE = text("type", "Kind of image: A (Atlas) or Q (Quicklook, lossy-compressed).", options=TYPE_OPTIONS)
BAND = text("band", "Band of the image.", ucd="VOX:BandPass_ID", key="BAND", options=BAND_OPTIONS)
HEM = text(
    "hem", "Hemisphere of the observatory: n (Mt. Hopkins) or s (Cerro Tololo).", options=HEMISPHERE_OPTIONS
)
SCAN = integer("scan", "Number of the scan in its night.")
IMAGE = integer("image", "Number of the image in its scan.")
UT_DATE = text("ut_date", "UT date on which the image was taken, yymmdd.")
COADD_KEY = integer("coadd_key", COADD_KEY_DESCRIPTION)
CENTER = (
    double("ra", "Right ascension of the image centre.", unit="deg", format="%.8f", frame="FK5"),
    double("dec", "Declination of the image centre.", unit="deg", format="%.8f", frame="FK5"),
)
NAXIS1_NAXIS2 = (
    integer("naxis1", "Columns of the image.", unit="pix"),
    integer("naxis2", "Rows of the image.", unit="pix"),
)
CROTA2 = double("crota2", "Twist about the image centre, +AXIS2 west of north (J2000).", unit="deg")
SEESH = double("seesh", "Seeing, full width at half maximum.", unit="arcsec", format="%.5f")
MAGZP = double("magzp", "Photometric zero point of the image.", unit="mag", format="%.4f")
MSNR10 = double(
    "msnr10", "Approximate magnitude of a source with signal-to-noise ratio 10.", unit="mag", format="%.4f"
)
PHOTOMETRY = (SEESH, MAGZP, MSNR10)

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
