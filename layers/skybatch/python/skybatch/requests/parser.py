"""A POST body to a domain request: fields and table are validated, defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from skybatch.errors import CellError, InvalidRequest
from skybatch.fits.edge_mode import EdgeMode
from skybatch.requests.body.payload import Payload, read_payload
from skybatch.requests.field_parsers import parse_surveys, words_of
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
from skybatch.surveys.band_words import in_order
from skybatch.surveys.known import dataset_named, default_dataset, survey_of
from skybatch.surveys.selection import SurveySelection, selection
from skybatch.tables.readers.model import Bounds
from skybatch.validation import ErrorCollector, InvalidValue

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
    context = {"surveys": selection(*surveys_asked(posted))}
    try:
        fields = BatchRequestBody.model_validate(without_other_modes(posted), context=context)
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False):
            rule = str(error.get("ctx", {}).get("error", error["msg"]))
            errors.add(str(error["loc"][0]), error["input"], rule)
    errors.raise_if_any()
    return with_surveys(fields, posted)


def surveys_asked(posted: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the data sets of the surveys that a body names, or its data set; else the default one."""
    try:
        found = parse_surveys(posted.get("survey"))
    except InvalidValue:
        found = None  # told of where the fields are validated
    if found:
        return found
    given = posted.get("dataset")
    last = given[-1:] if isinstance(given, list) else [given]
    dataset = dataset_named(str(last[0]).strip().lower()) if last and last[0] else None
    return (dataset or default_dataset(),)


def with_surveys(fields: BatchRequestBody, posted: Mapping[str, Any]) -> BatchRequestBody:
    """Return fields with their data sets, and what the surveys have by default where nothing was given.

    Raises
    ------
    InvalidRequest
        Where survey and data set contradict each other.
    """
    given = given_fields(posted)
    datasets = fields.survey or ((fields.dataset if "dataset" in given else default_dataset()),)
    if "dataset" in given and datasets != (fields.dataset,):
        rule = f"is not the survey of the data set {fields.dataset}, which the request names too"
        if len(datasets) > 1:
            rule = f"names other surveys than the data set {fields.dataset} has: please leave that out"
        raise InvalidRequest(f"The survey {rule}.", errors=[CellError("survey", str(posted["survey"]), rule)])
    asked = selection(*datasets)
    defaults: dict[str, Any] = {"dataset": datasets[0], "survey": datasets}
    if "bands" not in given:
        defaults["bands"] = asked.all_bands
    if "form" not in given:
        defaults["form"] = asked.default_form
    return fields.model_copy(update=defaults)


def given_fields(posted: Mapping[str, Any]) -> set[str]:
    """Return the names of the fields that hold something."""
    return {name for name, value in posted.items() if value not in (None, "", [])}


def validated_mode(fields: BatchRequestBody, payload: Payload) -> Mode:
    """Return the mode; raises InvalidRequest without one, or without all that it needs."""
    if fields.mode is None:
        modes = surveys_of(fields).modes
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
    rows = table_rows(fields, mode, payload, limits)
    rows.raise_if_invalid()
    rows = numbered_from(fields.first_row, rows)
    notices = [*unknown_field_notices(payload.fields), *rows.notices]
    return build_request(fields, rows.mode or mode, rows, payload, notices=notices)


def table_rows(fields: BatchRequestBody, mode: Mode, payload: Payload, limits: Settings) -> RequestRows:
    """Return the rows of a table, in a mode that the surveys asked for have unless this service wrote it.

    Raises InvalidRequest, as `read_rows` does too; invalid cells raise nothing.
    """
    defaults = RowDefaults(fields.bands, fields.best, fields.size, fields.survey or ())
    usual = mode in surveys_of(fields).modes
    try:
        rows = read_rows(payload.table or b"", mode, defaults, upload_bounds(limits))
    except InvalidRequest:
        if usual:
            raise
    else:
        if usual or rows.from_service:
            return rows
    rule = f"must be one of {', '.join(surveys_of(fields).modes)}"
    raise InvalidRequest(f"The mode {rule}.", errors=[CellError("mode", str(mode), rule)])


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
        return build_request(fields, mode, rows, payload, notices=[*notices, *clamped], region=region)
    row = Row(1, fields.bands, date=fields.date, hem=fields.hemisphere, scan=fields.scan)
    return build_request(fields, mode, RequestRows((row,), from_service=False), payload, notices=notices)


def clamped_region(fields: BatchRequestBody) -> tuple[Region, list[str]]:
    """Return the region, and a notice where its diameter had to be clamped."""
    center = fields.center
    position: SkyPosition | None = to_icrs([center])[0] if isinstance(center, Location) else None
    wanted = fields.diameter or 0.0
    least, most = surveys_of(fields).diameter
    if least > most:
        rule = f"suits no region: one has at least {least} degrees, another at most {most}"
        raise InvalidRequest(f"The survey {rule}.", errors=[CellError("survey", str(fields.survey), rule)])
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


def surveys_of(fields: BatchRequestBody) -> SurveySelection:
    """Return the surveys that fields are about, once their defaults are filled in."""
    return selection(*(fields.survey or (fields.dataset,)))


def bands_by_dataset(fields: BatchRequestBody, rows: RequestRows, payload: Payload) -> dict[str, Any]:
    """Return the bands of each data set of a request: of those that are named, by fields or by rows.

    A table of this service whose rows name their surveys needs no field that does.
    """
    found = surveys_of(fields).bands(words_of(payload.fields.get("bands")))
    if rows.datasets and not given_fields(payload.fields) & {"survey", "dataset"}:
        found = {}
    for dataset in rows.datasets:
        named = {band for row in rows.rows if row.dataset == dataset for band in row.bands}
        found.setdefault(dataset, in_order(named, survey_of(dataset)))
    return found


def build_request(
    fields: BatchRequestBody,
    mode: Mode,
    rows: RequestRows,
    payload: Payload,
    *,
    notices: list[str],
    region: Region | None = None,
) -> Request:
    """Return the domain request with the fields that all modes share."""
    if fields.edge is EdgeMode.PAD and all(row.size is None for row in rows.rows):
        notices = [*notices, "No row asks for a crop, so edge=pad changes nothing."]
    surveys = bands_by_dataset(fields, rows, payload)
    return Request(
        mode=mode,
        bands=tuple(dict.fromkeys(band for bands in surveys.values() for band in bands)),
        image_type=fields.image_type,
        decompress=fields.decompress,
        delivery_format=fields.form,
        dataset=next(iter(surveys)),
        label=fields.label,
        email=fields.email,
        region=region,
        rows=rows.rows,
        notices=tuple(notices),
        from_service=rows.from_service,
        table_name=payload.table_name if mode in LIST_MODES else None,
        size=None if rows.from_service else fields.size,
        edge=fields.edge,
        surveys=surveys if len(surveys) > 1 else {},
    )
