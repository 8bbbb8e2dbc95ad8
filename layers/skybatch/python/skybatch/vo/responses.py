"""Tables of found images as responses: their formats, and the note of an overflow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from skybatch.errors import NotFound
from skybatch.surveys.known import dataset_at, survey_of
from skybatch.tables.model import Column, Param, Table
from skybatch.tables.schemas.image_rows import ImageRows
from skybatch.tables.schemas.image_table import image_data
from skybatch.tables.schemas.search import SIA_ACCESS, sia_access
from skybatch.tables.service_descriptor import ServiceDescriptor
from skybatch.tables.writers.formats import Format
from skybatch.vo.access_data import access_data
from skybatch.vo.parameters import Parameters, choice, refused
from skybatch.vo.search_images import FoundImages

TABLEDATA = "serialization=tabledata"  # the one serialization of VOTables that is written here
FORMATS: dict[str, Format] = {
    "votable": "xml",
    "application/x-votable+xml": "xml",
    "text/xml": "xml",
    "application/xml": "xml",
    "xml": "xml",
    "csv": "csv",
    "text/csv": "csv",
    "tsv": "tsv",
    "text/tab-separated-values": "tsv",
    "ipac_table": "tbl",
    "ipac": "tbl",
    "tbl": "tbl",
    "text/plain": "tbl",
    "html": "html",
    "text/html": "html",
}


@dataclass(frozen=True)
class ResponseFormat:
    """How a table is written, and the media type under which it was asked for; empty: the format's own."""

    format: Format
    media_type: str = ""


@dataclass(frozen=True)
class TableResponse:
    """A table and its requested format."""

    table: Table
    form: ResponseFormat


def response_format(parameters: Parameters, name: str, default: str) -> ResponseFormat:
    """Return the format a parameter names by a word or a media type (DALI 1.1 section 3.4.3).

    Raises MalformedRequest, also for a serialization of VOTables that is not written here.
    """
    asked = parameters.text(name, default)
    word, _, more = (part.strip().lower() for part in asked.partition(";"))
    form = choice(name, word, FORMATS)
    if form != "xml" or "/" not in word:
        return ResponseFormat(form)
    options = [option.strip() for option in more.split(";") if option.strip()]
    if any(each.startswith("serialization=") and each != TABLEDATA for each in options):
        raise refused(name, asked, f"may have no serialization but {TABLEDATA}")
    return ResponseFormat(form, ";".join([word, *options]))


def dataset_of(mission: str, folder: str, table: str) -> str:
    """Return the data set that a path below a service names. Raises NotFound for an unknown one."""
    dataset = dataset_at(mission.lower(), folder.lower(), table.lower())
    if dataset is None:
        raise NotFound(f"There is no table {mission}/{folder}/{table}; /ibe/search/ lists what there is.")
    return dataset


def table_of(
    found: FoundImages,
    columns: tuple[Column, ...],
    url: Callable[[int], str],
    *,
    title: str = "",
    params: Iterable[Param] = (),
    notes: Iterable[str] = (),
    max_rows: int = 0,
    services: tuple[ServiceDescriptor, ...] = (),
    root: str = "",
) -> Table:
    """Make a table of found images; ``url`` gives the address of the i-th, ``max_rows`` the limit applied.

    ``root`` is the address of the service, for links to what lies beside an image.
    """
    dataset = found.details.dataset
    images = ImageRows(
        dataset=[dataset] * len(found),
        set_index=found.details.set_index[found.at],
        band=found.band,
        type=found.kind,
        url=[url(i) for i in range(len(found))],
        service=root,
    )
    access = sia_access(survey_of(dataset))
    own = [column for column in columns if column not in access and column not in SIA_ACCESS]
    data = image_data({dataset: found.details}, images, own)
    if len(own) < len(columns):
        data |= access_data(found, range(len(found)))
    return Table(
        columns,
        data,
        params=tuple(params),
        title=title,
        notes=tuple(notes),
        overflow=overflow_note(found, max_rows),
        services=services,
    )


def overflow_note(found: FoundImages, max_rows: int) -> str:
    """Return the note of a response that MAXREC cut off, empty for a complete one."""
    return too_many_rows(max_rows) if found.more else ""


def too_many_rows(max_rows: int) -> str:
    """Return the note of an overflow."""
    return f"There are more rows than MAXREC, {max_rows}: narrow the search or raise MAXREC."
