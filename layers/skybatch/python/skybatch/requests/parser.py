"""A POST body to a domain request: fields and table are validated, defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from skybatch.errors import CellError, InvalidRequest
from skybatch.fits.edge_mode import EdgeMode
from skybatch.requests.body.payload import Payload, read_payload
from skybatch.requests.fields import UNKNOWN_NAMES, BatchRequestBody
from skybatch.requests.model import (
    LIST_MODES,
    Mode,
    Region,
    Request,
    Row,
    RowDefaults,
)
from skybatch.requests.table_rows import RequestRows, read_rows
from skybatch.settings import Settings
from skybatch.sky.coordinates import Location
from skybatch.sky.frames import to_icrs
from skybatch.sky.position import SkyPosition
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import dataset_named, default_dataset, survey_of
from skybatch.tables.readers.model import Bounds
from skybatch.validation import ErrorCollector

# A gzipped table may inflate to this many times the limit of an upload: tables shrink about ten times.
MAX_INFLATION = 10
# Of a table that this service made: more than 4 MB of any but the barest, and a second of a processor.
MAX_MARKED_ROWS = 50_000
MAX_UNKNOWN_FIELDS_NAMED = 10

REQUIRED_FIELDS = {
    Mode.REGION: {"center": "a coordinate or an object name", "diameter": "a number of degrees"},
    Mode.SCAN: {"date": "a date yymmdd", "hemisphere": "n or s", "scan": "a whole number from 1 to 999"},
}
# Fields that only one mode has.
MODE_OF_FIELD = {
    "center": Mode.REGION,
    "diameter": Mode.REGION,
    "relation": Mode.REGION,
    "best": Mode.POSITIONS,
    "size": Mode.POSITIONS,
    "date": Mode.SCAN,
    "hemisphere": Mode.SCAN,
    "scan": Mode.SCAN,
}


def parse_body(body: bytes, content_type: str, limits: Settings) -> tuple[Request, bytes | None]:
    """Return the request of a POST body, and its table as uploaded.

    Raises
    ------
    MalformedRequest
        The body is not what its media type says (400).
    UnsupportedMedia
        Neither JSON nor a form (415).
    TooLarge
        More bytes or rows than ``limits`` allow (413).
    InvalidRequest
        Fields or cells break rules; up to 100 are named (422).
    """
    payload = read_payload(body, content_type, limits.max_upload_bytes)
    fields = validated_fields(payload.fields)
    mode = validated_mode(fields, payload)
    if mode in LIST_MODES:
        return table_request(fields, mode, payload, limits), payload.table
    return single_request(fields, mode, payload), None


def refuses_unknown_names(body: bytes, content_type: str, limits: Settings) -> bool:
    """Tell whether a body that `parse_body` took asks to be refused for names that no service knows."""
    posted = read_payload(body, content_type, limits.max_upload_bytes).fields
    return validated_fields(posted).unknown_names == UNKNOWN_NAMES[1]


def validated_fields(posted: Mapping[str, Any]) -> BatchRequestBody:
    """Return the fields, each valid for the survey, with that survey's defaults; raises InvalidRequest."""
    errors = ErrorCollector()
    fields = BatchRequestBody.model_construct()
    survey = survey_asked(posted)
    try:
        fields = BatchRequestBody.model_validate(without_other_modes(posted), context={"survey": survey})
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False):
            rule = str(error.get("ctx", {}).get("error", error["msg"]))
            errors.add(str(error["loc"][0]), error["input"], rule)
    errors.raise_if_any()
    return with_survey(fields, posted)


def survey_asked(posted: Mapping[str, Any]) -> Survey:
    """Return the survey that a body names, as survey or as data set; the default where it names none."""
    for name in ("survey", "dataset"):
        last = posted[name][-1:] if isinstance(posted.get(name), list) else [posted.get(name)]
        dataset = dataset_named(str(last[0]).strip().lower()) if last and last[0] else None
        if dataset is not None:
            return survey_of(dataset)
    return survey_of(default_dataset())


def with_survey(fields: BatchRequestBody, posted: Mapping[str, Any]) -> BatchRequestBody:
    """Return fields with the data set of their survey, and what that has by default where nothing was given.

    Raises
    ------
    InvalidRequest
        Where survey and data set contradict each other.
    """
    given = {name for name, value in posted.items() if value not in (None, "", [])}
    dataset = fields.dataset if "dataset" in given else fields.survey or default_dataset()
    if fields.survey is not None and fields.survey != dataset:
        rule = f"is not the survey of the data set {dataset}, which the request names too"
        raise InvalidRequest(f"The survey {rule}.", errors=[CellError("survey", str(posted["survey"]), rule)])
    survey = survey_of(dataset)
    defaults: dict[str, Any] = {"dataset": dataset}
    if "bands" not in given:
        defaults["bands"] = tuple(survey.bands)
    if "form" not in given:
        defaults["form"] = survey.requests.default_form
    return fields.model_copy(update=defaults)


def validated_mode(fields: BatchRequestBody, payload: Payload) -> Mode:
    """Return the mode; raises InvalidRequest without one, or without all that it needs."""
    if fields.mode is None:
        modes = survey_of(fields.dataset).requests.modes
        rule = f"must be given: one of {', '.join(modes)}"
        raise InvalidRequest(f"The mode {rule}.", errors=[CellError("mode", "", rule)])
    errors = ErrorCollector()
    for name, what in REQUIRED_FIELDS.get(fields.mode, {}).items():
        if getattr(fields, name) is None:
            errors.add(name, "", f"must be given for mode {fields.mode}: {what}")
    if fields.mode in LIST_MODES and payload.table is None:
        errors.add("table", "", f"must be given for mode {fields.mode}: a table, as file or as text")
    errors.raise_if_any()
    return fields.mode


def without_other_modes(posted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields without those of other modes, which a web form sends along whatever they hold."""
    mode = str(posted.get("mode")).strip().lower()
    return {name: value for name, value in posted.items() if MODE_OF_FIELD.get(name, mode) == mode}


def table_request(fields: BatchRequestBody, mode: Mode, payload: Payload, limits: Settings) -> Request:
    """Return the request of a table."""
    rows = read_rows(
        payload.table or b"",
        mode,
        RowDefaults(fields.bands, fields.best, fields.size, fields.dataset),
        upload_bounds(limits),
    )
    rows.raise_if_invalid()
    rows = numbered_from(fields.first_row, rows)
    notices = [*unknown_field_notices(payload.fields), *rows.notices]
    return build_request(fields, mode, rows, notices=notices, table_name=payload.table_name)


def numbered_from(first: int, rows: RequestRows) -> RequestRows:
    """Return rows whose numbers begin with ``first``; those of our own tables keep theirs."""
    if first == 1 or rows.from_service:
        return rows
    moved = (replace(row, row_number=row.row_number + first - 1) for row in rows.rows)
    return replace(rows, rows=tuple(moved))


def upload_bounds(limits: Settings) -> Bounds:
    """Return what an uploaded table may hold at most."""
    marked_rows = min(limits.max_images, MAX_MARKED_ROWS)
    return Bounds(limits.max_rows, marked_rows, limits.max_upload_bytes * MAX_INFLATION)


def single_request(fields: BatchRequestBody, mode: Mode, payload: Payload) -> Request:
    """Return the request of a region or of one scan, which is one row."""
    notices = unknown_field_notices(payload.fields)
    if mode is Mode.REGION:
        region, clamped = clamped_region(fields)
        row = Row(1, fields.bands, position=region.center, name=region.name)
        rows = RequestRows((row,), from_service=False)
        return build_request(fields, mode, rows, notices=[*notices, *clamped], region=region)
    row = Row(1, fields.bands, date=fields.date, hem=fields.hemisphere, scan=fields.scan)
    return build_request(fields, mode, RequestRows((row,), from_service=False), notices=notices)


def clamped_region(fields: BatchRequestBody) -> tuple[Region, list[str]]:
    """Return the region, and a notice where its diameter had to be clamped."""
    center = fields.center
    position: SkyPosition | None = to_icrs([center])[0] if isinstance(center, Location) else None
    wanted = fields.diameter or 0.0
    least, most = survey_of(fields.dataset).requests.diameter
    diameter = min(max(wanted, least), most)
    name = center if isinstance(center, str) else None
    region = Region(position, name, diameter, fields.relation)
    if diameter == wanted:
        return region, []
    return region, [
        f"The diameter {wanted:g} degrees was set to {diameter:g}: it lies between {least} and {most}."
    ]


def unknown_field_notices(posted: Mapping[str, Any]) -> list[str]:
    """Return a notice for each field that has no meaning."""
    names = [name for name in posted if name not in BatchRequestBody.model_fields]
    return [
        f"The field {name[:40]!r} is not known and was ignored." for name in names[:MAX_UNKNOWN_FIELDS_NAMED]
    ]


def build_request(
    fields: BatchRequestBody,
    mode: Mode,
    rows: RequestRows,
    *,
    notices: list[str],
    region: Region | None = None,
    table_name: str | None = None,
) -> Request:
    """Return the domain request with the fields that all modes share."""
    if fields.edge is EdgeMode.PAD and all(row.size is None for row in rows.rows):
        notices = [*notices, "No row asks for a crop, so edge=pad changes nothing."]
    return Request(
        mode=mode,
        bands=fields.bands,
        image_type=fields.image_type,
        decompress=fields.decompress,
        delivery_format=fields.form,
        dataset=fields.dataset,
        label=fields.label,
        email=fields.email,
        region=region,
        rows=rows.rows,
        notices=tuple(notices),
        from_service=rows.from_service,
        table_name=table_name,
        size=None if rows.from_service else fields.size,
        edge=fields.edge,
    )
