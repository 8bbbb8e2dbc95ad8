"""The edge: what was posted, checked field by field, to a domain request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from skybatch.errors import CellError, InvalidRequest
from skybatch.requests.fields import Body
from skybatch.requests.model import LIST_MODES, MAX_DIAMETER, MIN_DIAMETER, Mode, Region, Request, Row
from skybatch.requests.payload import Posted, read_body
from skybatch.requests.table_rows import Defaults, Listing, read_rows
from skybatch.settings import Settings
from skybatch.sky.coordinates import Location
from skybatch.sky.frames import to_icrs
from skybatch.sky.position import SkyPosition
from skybatch.validation import ErrorCollector

# A gzipped table may hold this many times the upload's limit: tables shrink about ten times.
INFLATED_TIMES = 10

REQUIRED = {
    Mode.REGION: {"center": "a coordinate or an object name", "diameter": "a number of degrees"},
    Mode.SCAN: {"date": "a date yymmdd", "hemisphere": "n or s", "scan": "a whole number from 1 to 999"},
}
OF_ONE_MODE = {
    "center": Mode.REGION,
    "diameter": Mode.REGION,
    "relation": Mode.REGION,
    "best": Mode.POSITIONS,
    "date": Mode.SCAN,
    "hemisphere": Mode.SCAN,
    "scan": Mode.SCAN,
}


def parse_body(body: bytes, content_type: str, limits: Settings) -> tuple[Request, bytes | None]:
    """The request a POST makes, and its table as uploaded.

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
    posted = read_body(body, content_type, limits.max_upload_bytes)
    fields = read_fields(posted)
    mode = mode_of(fields, posted)
    if mode in LIST_MODES:
        return list_request(fields, mode, posted, limits), posted.table
    return single_request(fields, mode, posted), None


def read_fields(posted: Posted) -> Body:
    """The fields, each valid; raises InvalidRequest."""
    errors = ErrorCollector()
    fields = Body.model_construct()
    try:
        fields = Body.model_validate(concerning_mode(posted.fields))
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False):
            rule = str(error.get("ctx", {}).get("error", error["msg"]))
            errors.add(str(error["loc"][0]), error["input"], rule)
    errors.raise_if_any()
    return fields


def mode_of(fields: Body, posted: Posted) -> Mode:
    """The mode; raises InvalidRequest without one, or without all that it needs."""
    if fields.mode is None:
        rule = f"must be given: one of {', '.join(Mode)}"
        raise InvalidRequest(f"The mode {rule}.", errors=[CellError("mode", "", rule)])
    errors = ErrorCollector()
    for name, what in REQUIRED.get(fields.mode, {}).items():
        if getattr(fields, name) is None:
            errors.add(name, "", f"must be given for mode {fields.mode}: {what}")
    if fields.mode in LIST_MODES and posted.table is None:
        errors.add("table", "", f"must be given for mode {fields.mode}: a table, as file or as text")
    errors.raise_if_any()
    return fields.mode


def concerning_mode(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields but those of other modes, which a web form sends along whatever stands in them."""
    mode = str(fields.get("mode")).strip().lower()
    return {name: value for name, value in fields.items() if OF_ONE_MODE.get(name, mode) == mode}


def list_request(fields: Body, mode: Mode, posted: Posted, limits: Settings) -> Request:
    """The request of a table."""
    defaults = Defaults(fields.bands, fields.best)
    table = posted.table or b""
    most_bytes = limits.max_upload_bytes * INFLATED_TIMES
    listing = read_rows(table, mode, defaults, limits.max_rows, most_bytes)
    return request(fields, mode, listing, notices=unknown(posted), table_name=posted.table_name)


def single_request(fields: Body, mode: Mode, posted: Posted) -> Request:
    """The request of a region or of one scan, which is one row."""
    if mode is Mode.REGION:
        region, notices = clamped_region(fields)
        row = Row(1, fields.bands, position=region.center, name=region.name)
        listing = Listing((row,), from_service=False)
        return request(fields, Mode.REGION, listing, notices=[*unknown(posted), *notices], region=region)
    row = Row(1, fields.bands, date=fields.date, hem=fields.hemisphere, scan=fields.scan)
    return request(fields, Mode.SCAN, Listing((row,), from_service=False), notices=unknown(posted))


def clamped_region(fields: Body) -> tuple[Region, list[str]]:
    """The region, and a notice where its diameter had to be clamped."""
    place = fields.center
    center: SkyPosition | None = to_icrs([place])[0] if isinstance(place, Location) else None
    asked = fields.diameter or 0.0
    diameter = min(max(asked, MIN_DIAMETER), MAX_DIAMETER)
    name = place if isinstance(place, str) else None
    region = Region(center, name, diameter, fields.relation)
    if diameter == asked:
        return region, []
    return region, [
        f"The diameter {asked:g} degrees was set to {diameter:g}:"
        f" it lies between {MIN_DIAMETER} and {MAX_DIAMETER}."
    ]


def unknown(posted: Posted) -> list[str]:
    """A notice for each field nobody reads."""
    names = [name for name in posted.fields if name not in Body.model_fields]
    return [f"The field {name[:40]!r} is not known and was ignored." for name in names[:10]]


def request(
    fields: Body,
    mode: Mode,
    listing: Listing,
    *,
    notices: list[str],
    region: Region | None = None,
    table_name: str | None = None,
) -> Request:
    """The domain request with the fields that all modes share."""
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
        rows=listing.rows,
        notices=tuple(notices),
        from_service=listing.from_service,
        table_name=table_name,
    )
