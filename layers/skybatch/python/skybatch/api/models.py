"""The bodies of the API's responses that are no batch's status: one frozen dataclass each.

Their fields have the names on the wire. The OpenAPI document is generated from them: a field's metadata is
JSON Schema, its description is the one of the docstring's Attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from skybatch.errors import CellError
from skybatch.wire import WireRecord

URI = {"format": "uri"}
BATCH_ID = {"pattern": "^[0-9a-f]{32}$"}


@dataclass(frozen=True)
class SubmittedBatch:
    """A batch that was accepted.

    Attributes
    ----------
    rows
        Rows of the request.
    notices
        What the service did differently from what was asked.
    """

    batch_id: str = field(metadata=BATCH_ID)
    status_url: str = field(metadata=URI)
    results_url: str = field(metadata=URI)
    rows: int
    notices: tuple[str, ...]


@dataclass(frozen=True)
class SurveyEstimate:
    """What a batch would give of one of several surveys.

    Attributes
    ----------
    by_outcome
        Rows by expected outcome in this survey alone.
    """

    by_outcome: dict[str, int]
    images: int
    bytes: int


@dataclass(frozen=True)
class BatchEstimate(WireRecord):
    """What a batch would give, by the inventory alone.

    Attributes
    ----------
    parts
        Batches that it takes.
    by_outcome
        Rows by expected outcome.
    by_band
        Images by band.
    crops, cut_at_edge
        Crops among the images, and how many of them reach beyond their image.
    notices
        What the service would do differently from what was asked.
    by_survey
        The same of each survey, by its id, where the request names several.
    """

    rows: int
    images: int
    bytes: int
    parts: int
    by_outcome: dict[str, int]
    by_band: dict[str, int]
    crops: int
    cut_at_edge: int
    notices: tuple[str, ...]
    by_survey: dict[str, SurveyEstimate] | None = None

    absent_if_none = ("by_survey",)


@dataclass(frozen=True)
class PositionSource:
    """Where the position of a row was read.

    Attributes
    ----------
    frame
        Frame and equinox of the coordinates as they stand in the file; null for an object name.
    unit
        Their unit, where the file names one.
    columns
        The names of their columns.
    """

    frame: str | None
    unit: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True)
class UsedColumn:
    """A column of an uploaded table.

    Attributes
    ----------
    used_as
        What it was read as; empty where it was not used.
    unit
        Its unit, where the file names one.
    """

    name: str
    used_as: str
    unit: str | None


@dataclass(frozen=True)
class UnderstoodRow:
    """A row of an uploaded table as this service understands it.

    Attributes
    ----------
    row
        Its number among the rows of data, from 1.
    line
        Its line in the uploaded text; null for binary formats.
    ra, dec
        ICRS degrees; null for a name, which only a batch resolves, and for an invalid position.
    name
        The object name.
    size
        Width and height of the crop in arcsec; null for whole images.
    best
        Whether only the best image is wanted.
    band
        The bands, such as JHK.
    given_id
        The identifier as given, where it was longer than an id may be.
    image_id, coadd_key, date, hem, scan, image
        The image sets by identifier or number, in the modes image_ids, coadd_keys and scans.
    scntr, dataset, image_type, form
        What a table of this service says besides.
    """

    row: int
    line: int | None
    ra: float | None
    dec: float | None
    source: PositionSource | None
    name: str | None
    id: str | None
    size: float | None
    best: bool
    band: str
    given_id: str | None = None
    image_id: str | None = None
    coadd_key: int | None = None
    date: str | None = None
    hem: str | None = None
    scan: int | None = None
    image: int | None = None
    scntr: int | None = None
    dataset: str | None = None
    image_type: str | None = None
    form: str | None = None

    wire_names: ClassVar[Mapping[str, str]] = {"source": "from"}
    absent_if_none = (
        "given_id",
        "image_id",
        "coadd_key",
        "date",
        "hem",
        "scan",
        "image",
        "scntr",
        "dataset",
        "image_type",
        "form",
    )


@dataclass(frozen=True)
class TableReading:
    """How this service understands a table; nothing was started, and no name resolved.

    Attributes
    ----------
    columns
        Every column of the tables used.
    notices
        What was guessed, cut or left out.
    errors
        Invalid cells, at most 100; their rows lack the value.
    """

    rows: tuple[UnderstoodRow, ...]
    columns: tuple[UsedColumn, ...]
    notices: tuple[str, ...]
    errors: tuple[CellError, ...]


@dataclass(frozen=True)
class FinishedImage(WireRecord):
    """One image that was retrieved.

    Attributes
    ----------
    n
        Number of the image in the batch's plan, from 0.
    row
        Number of its row in the posted table, from 1; null where the request is no table.
    id
        The row's id, as the request gave it.
    bundle, offset
        The bundle that holds it, and its first byte there; null in
        batches that kept each image by itself.
    md5
        Its MD5 in hexadecimal digits, where it is known.
    survey
        Its survey, where the request names several.
    """

    n: int
    file: str
    bytes: int
    row: int | None
    id: str | None
    band: str
    image_type: str
    url: str = field(metadata=URI)
    preview: str = field(metadata=URI)
    bundle: str | None = None
    offset: int | None = None
    md5: str | None = None
    survey: str | None = None

    absent_if_none = ("survey",)


@dataclass(frozen=True)
class ImagePage(WireRecord):
    """Images of a batch in the order they finished.

    Attributes
    ----------
    next
        Where to go on, as ``after``; null after the last image of a batch that has ended.
    """

    images: tuple[FinishedImage, ...]
    next: str | None


@dataclass(frozen=True)
class ProblemDetails:
    """An error (RFC 9457).

    Attributes
    ----------
    status
        The HTTP status.
    code
        Stable; one of those listed with each status.
    errors
        The values that break a rule; absent where the error is not about values.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[CellError, ...] = ()

    absent_if_none = ("errors",)
