"""The part of a description that says what is known of images: headers, metadata tables, columns, ObsCore."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from skybatch.surveys.description.described import described

ColumnType = Literal["char", "int", "long", "double"]


@described
class Verified:
    """What of a description was tried on genuine files of the survey, and what was not; texts."""

    genuine: str = ""
    unverified: str = ""


@described
class Header:
    """What is read of headers beside geometry and fields.

    Attributes
    ----------
    wcs
        Projections that images may have; empty: any.
    frame
        Frame of the coordinates.
    any_frame
        Whether images may have coordinates in other frames too; tables then have all of them in ``frame``.
    band_keyword
        Keyword that must agree with the band, where a header has it.
    values
        Keyword of each column that is read.
    """

    wcs: tuple[str, ...] = ()
    frame: Literal["ICRS", "FK5", "galactic"] = "ICRS"
    any_frame: bool = False
    band_keyword: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@described
class TableGeometry:
    """Columns of metadata tables that hold the pixel grid, in the order of preference."""

    naxis: tuple[str, ...] = ("naxis",)
    crpix: tuple[str, ...] = ("crpix",)
    cdelt: tuple[str, ...] = ("cdelt",)
    crval: tuple[str, ...] = ("crval",)
    center: tuple[str, ...] = ()
    crota2: tuple[str, ...] = ("crota2",)
    cdelt_default: tuple[float, float] | None = None


@described
class Import:
    """How metadata tables are read: which rows are images, and columns of band and pixel grid.

    Attributes
    ----------
    when
        Columns, and the values that rows of images have in them, if any.
    key
        Columns of the path of an image, which tells its data set, fields and band.
    band, geometry
        Columns of the band and of the pixel grid. A CD matrix and SIP polynomials are read of columns named
        as FITS keywords.
    """

    when: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    band: tuple[str, ...] = ("band",)
    geometry: TableGeometry = TableGeometry()


@described
class Column:
    """A column of the survey's own in tables.

    Attributes
    ----------
    of
        Where its values come from: ``set`` or ``band`` (stored for each set, or band of it), ``field:x``,
        ``band:native``, ``product:x``, ``geometry:x``, ``const:x``, ``time:middle`` (Modified Julian Date),
        ``cloud`` or ``row:x``.
    like
        Another column whose values under ``of`` it has.
    name
        Name in tables; by default its key.
    type, unit, ucd, format, size
        VOTable's datatype, unit, UCD, and arraysize, and a printf form.
    doc
        Description.
    options
        Values that may stand in it, each with its meaning.
    """

    of: str = ""
    like: str = ""
    name: str = ""
    type: ColumnType = "char"
    unit: str = ""
    ucd: str = ""
    format: str = ""
    size: str = ""
    doc: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@described
class Tables:
    """Order of columns in each kind of table; ``@x`` is a group of the service's own."""

    core: tuple[str, ...] = ()
    ipac: tuple[str, ...] = ()
    votable: tuple[str, ...] = ()
    html: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    sia: tuple[str, ...] = ()
    search: tuple[str, ...] = ()


@described
class VOTable:
    """PARAMs of the answers of image search and image inventory."""

    sia: Mapping[str, str] = field(default_factory=dict)
    inventory: Mapping[str, str] = field(default_factory=dict)


@described
class TimeRule:
    """When images were taken: by days, by beginning and end, or by either or the middle and the exposure.

    Attributes
    ----------
    day, length
        Column of days ``yymmdd``, and the days that an image may span.
    start, middle, end
        Columns of Modified Julian Dates: ``start``, with or without ``end``, or ``middle``.
    seconds
        Column of the seconds of exposure; by default `exposure`.
    """

    day: str = ""
    length: float = 1.0
    start: str = ""
    middle: str = ""
    end: str = ""
    seconds: str = ""


@described
class ObsCore:
    """What ObsCore says of all images (IVOA ObsCore 1.1).

    Attributes
    ----------
    collection
        Templates of names of the collection: the first is written, all are found.
    did
        Template of the publisher's identifier, with ``{address}`` last.
    obs_id
        Template of the observation's identifier.
    calib_level, o_ucd
        As in ObsCore.
    exposure, resolution
        Seconds and arcsec: a number, one a band, or none.
    time
        When images were taken.
    """

    collection: tuple[str, ...] = ("{mission.name}_{dataset.folder}",)
    did: str = ""
    obs_id: str = "{id}"
    calib_level: Literal[0, 1, 2, 3, 4] = 2
    o_ucd: str = "phot.count"
    exposure: float | Mapping[str, float] | None = None
    resolution: float | Mapping[str, float] | None = None
    time: TimeRule | None = None
