"""The edge: what was posted, checked field by field, to a domain request."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from skybatch.requests import cells
from skybatch.requests.body import Posted, read_body
from skybatch.requests.faults import BadValue, Faults
from skybatch.requests.placing import anywhere
from skybatch.requests.positions import Location
from skybatch.requests.request import (
    BANDS,
    LIST_MODES,
    MAX_DIAMETER,
    MIN_DIAMETER,
    Mode,
    Region,
    Request,
    Row,
    Sky,
)
from skybatch.requests.rows import DATASET_NAMES, FORMS, Defaults, Listing, read_rows
from skybatch.settings import Settings

RELATIONS = ("overlap", "cover", "enclosed")
MOST_LABEL_CHARACTERS = 200
MOST_EMAIL_CHARACTERS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
# A gzipped table may hold this many times the upload's limit: tables shrink about ten times.
INFLATED_TIMES = 10
EMAIL = re.compile(r"[^\s@,;<>\"()\[\]\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")

T = TypeVar("T")


def text(value: Any) -> str:
    """A field as text; a number of JSON counts as its text."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise BadValue("must be text")


def reader(read: Callable[[str], T], default: Any) -> BeforeValidator:
    """A validator by ``read``; an absent, null or empty field is the default.

    A form that sends a field several times, as a hidden field under a checkbox does, means the last.
    """

    def validate(value: Any) -> T | Any:
        last = value[-1] if isinstance(value, list) and value else value
        if last is None or (isinstance(last, str) and not last.strip()):
            return default
        return read(text(last))

    return BeforeValidator(validate)


def flag_field(default: bool) -> BeforeValidator:
    """A yes or no that JSON may also write as true or false."""
    from_text = reader(cells.flag, default).func

    def validate(value: Any) -> Any:
        return value if isinstance(value, bool) else from_text(value)  # type: ignore[call-arg]

    return BeforeValidator(validate)


def band_list(value: Any) -> tuple[str, ...]:
    """Bands as one word, several with commas or blanks between, or a list."""
    texts = [text(item) for item in (value if isinstance(value, list) else [value]) if item is not None]
    words = [word for item in texts for word in item.replace(",", " ").split()]
    asked = {band for word in words for band in band_word(word)}
    return tuple(band for band in BANDS if band in asked) or BANDS


def band_word(word: str) -> tuple[str, ...]:
    """The bands one word asks for."""
    try:
        return cells.bands(word)
    except BadValue:
        raise BadValue("must be J, H, K (or Ks), a list of them, or all") from None


def mode_word(word: str) -> Mode:
    """One of the five modes."""
    return Mode(cells.choice(word, tuple(Mode)))


def email_address(word: str) -> str:
    """An address that one message can be sent to."""
    if len(word) > MOST_EMAIL_CHARACTERS or not word.isprintable() or not EMAIL.fullmatch(word):
        raise BadValue("must be one e-mail address")
    return word


def label_text(words: str) -> str:
    """The user's name for the batch."""
    if len(words) > MOST_LABEL_CHARACTERS or not words.isprintable():
        raise BadValue(f"must be one printable line of at most {MOST_LABEL_CHARACTERS} characters")
    return words


def diameter_degrees(word: str) -> float:
    """The region's diameter before it is clamped."""
    try:
        return cells.number(word)
    except BadValue:
        raise BadValue("must be a decimal number of degrees") from None


def one_of(*words: str) -> Callable[[str], str]:
    """One of a few words."""
    return lambda word: cells.choice(word, words)


def where(words: str) -> Location | str:
    """A region's center: a coordinate in any form, else an object name."""
    return anywhere(words)


Optional = reader(text, None)


class Body(BaseModel):
    """The fields of POST /batches and POST /plans but the table, flat, the same in JSON and in a form."""

    model_config = ConfigDict(extra="ignore", frozen=True, validate_default=False)

    mode: Annotated[Mode | None, reader(mode_word, None)] = None
    email: Annotated[str | None, reader(email_address, None)] = None
    bands: Annotated[tuple[str, ...], BeforeValidator(band_list)] = BANDS
    image_type: Annotated[str, reader(cells.image_type, "atlas")] = "atlas"
    decompress: Annotated[bool, flag_field(True)] = True
    form: Annotated[str, reader(one_of(*FORMS), "fits.gz")] = "fits.gz"
    dataset: Annotated[str, reader(one_of(*DATASET_NAMES), "asky")] = "asky"
    label: Annotated[str | None, reader(label_text, None)] = None
    center: Annotated[Any, reader(where, None)] = None
    diameter: Annotated[float | None, reader(diameter_degrees, None)] = None
    relation: Annotated[str, reader(one_of(*RELATIONS), "overlap")] = "overlap"
    best: Annotated[bool, flag_field(False)] = False
    date: Annotated[str | None, reader(cells.xdate, None)] = None
    hemisphere: Annotated[str | None, reader(cells.hemisphere, None)] = None
    scan: Annotated[int | None, reader(cells.scan, None)] = None


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
    if fields.mode in LIST_MODES:
        return list_request(fields, posted, limits), posted.table
    return single_request(fields, posted), None


def read_fields(posted: Posted) -> Body:
    """The fields, each valid and all there that the mode needs; raises InvalidRequest."""
    faults = Faults()
    fields = Body.model_construct()
    try:
        fields = Body.model_validate(concerning_mode(posted.fields))
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False):
            rule = str(error.get("ctx", {}).get("error", error["msg"]))
            faults.add(str(error["loc"][0]), error["input"], rule)
    faults.stop_if_any()
    if fields.mode is None:
        faults.add("mode", "", f"must be given: one of {', '.join(Mode)}")
    for name, what in REQUIRED.get(fields.mode, {}).items() if fields.mode else ():
        if getattr(fields, name) is None:
            faults.add(name, "", f"must be given for mode {fields.mode}: {what}")
    if fields.mode in LIST_MODES and posted.table is None:
        faults.add("table", "", f"must be given for mode {fields.mode}: a table, as file or as text")
    faults.stop_if_any()
    return fields


def concerning_mode(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields but those of other modes, which a web form sends along whatever stands in them."""
    mode = str(fields.get("mode")).strip().lower()
    return {name: value for name, value in fields.items() if OF_ONE_MODE.get(name, mode) == mode}


def list_request(fields: Body, posted: Posted, limits: Settings) -> Request:
    """The request of a table."""
    mode = fields.mode or Mode.POSITIONS
    defaults = Defaults(fields.bands, fields.best)
    table = posted.table or b""
    most_bytes = limits.max_upload_bytes * INFLATED_TIMES
    listing = read_rows(table, mode, defaults, limits.max_rows, most_bytes)
    return request(fields, mode, listing, notices=unknown(posted), table_name=posted.table_name)


def single_request(fields: Body, posted: Posted) -> Request:
    """The request of a region or of one scan, which is one row."""
    if fields.mode is Mode.REGION:
        region, notices = clamped_region(fields)
        row = Row(1, fields.bands, sky=region.center, name=region.name)
        listing = Listing((row,), ours=False)
        return request(fields, Mode.REGION, listing, notices=[*unknown(posted), *notices], region=region)
    row = Row(1, fields.bands, date=fields.date, hem=fields.hemisphere, scan=fields.scan)
    return request(fields, Mode.SCAN, Listing((row,), ours=False), notices=unknown(posted))


def clamped_region(fields: Body) -> tuple[Region, list[str]]:
    """The region, and a notice where its diameter had to be clamped."""
    from skybatch.requests.frames import to_icrs

    place = fields.center
    center: Sky | None = to_icrs([place])[0] if isinstance(place, Location) else None
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
        form=fields.form,
        dataset=fields.dataset,
        label=fields.label,
        email=fields.email,
        region=region,
        rows=listing.rows,
        notices=tuple(notices),
        ours=listing.ours,
        table_name=table_name,
    )
