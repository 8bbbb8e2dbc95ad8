"""The fields of a request as they are posted, each parsed by its own rule and documented on its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, WithJsonSchema

from skybatch.fits.edge_mode import EdgeMode
from skybatch.requests import values
from skybatch.requests.email_address import MAX_EMAIL_CHARACTERS, parse_email
from skybatch.requests.field_parsers import (
    MAX_LABEL_CHARACTERS,
    one_of,
    parse_bands,
    parse_center,
    parse_dataset,
    parse_diameter,
    parse_image_type,
    parse_label,
    parse_mode,
    parse_relation,
    parse_size,
    parse_surveys,
    with_default,
)
from skybatch.requests.model import MAX_DIAMETER, MIN_DIAMETER, Mode
from skybatch.requests.row_readers import DELIVERY_FORMATS
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import DEFAULT_DATASET, default_survey
from skybatch.surveys.selection import SurveySelection, selection

# Whose words stand in the documented schema; the fields take those of the survey that is asked for.
BUILT_IN = default_survey()
BANDS = tuple(BUILT_IN.bands)
RELATIONS = BUILT_IN.requests.relations
UNKNOWN_NAMES = ("accept", "refuse")
SEVERAL = [BUILT_IN.survey_id(name) for name in BUILT_IN.datasets][:2]
EXAMPLES: tuple[dict[str, Any], ...] = (
    {"mode": "region", "center": "m83", "diameter": 0.2, "bands": "J"},
    {"mode": "positions", "table": "ra,dec,size\n65.497627,19.535070,50\n", "edge": "pad"},
    {"mode": "scan", "date": "971031", "hemisphere": "n", "scan": 96},
)


def parsed(parse: Callable[[str], Any], default: Any) -> BeforeValidator:
    """Return the validator of a field that ``parse`` parses from text."""
    return BeforeValidator(with_default(parse, default))


def parsed_for_survey(parse: Callable[[str, SurveySelection], Any], default: Any) -> BeforeValidator:
    """Return the validator of a field that ``parse`` parses from text by the surveys of the request."""

    def validate(value: Any, info: ValidationInfo) -> Any:
        asked = surveys_in(info)
        return with_default(lambda text: parse(text, asked), default)(value)

    return BeforeValidator(validate)


def surveys_in(info: ValidationInfo) -> SurveySelection:
    """Return the surveys that a request is about, from the context of its validation."""
    given = info.context
    return given["surveys"] if given else selection()


def parsed_flag(default: bool) -> BeforeValidator:
    """Return the validator of a yes or no that JSON may also write as true or false."""
    from_text = with_default(values.flag, default)
    return BeforeValidator(lambda value: value if isinstance(value, bool) else from_text(value))


def schema(kind: str, description: str, **more: Any) -> WithJsonSchema:
    """Return the JSON Schema of a field, as clients should send it; more spellings are accepted."""
    return WithJsonSchema({"type": kind, "description": description, **more})


def nullable(description: str, **more: Any) -> WithJsonSchema:
    """Return the JSON Schema of a text that may be null."""
    return WithJsonSchema({"type": ["string", "null"], "description": description, **more})


class BatchRequestBody(BaseModel):
    """The body of POST /batches and POST /plans, flat, the same in JSON and in a form.

    ``model_json_schema`` gives the documented JSON Schema, whose ``{max_rows}`` and ``{max_upload_bytes}``
    stand for a deployment's limits. ``table`` and ``table_base64`` are only documented here: in a form the
    table is a file part, so it is taken out of every body before the fields are validated.
    """

    model_config = ConfigDict(
        title="Request",
        extra="ignore",
        frozen=True,
        validate_default=False,
        json_schema_extra={"required": ["mode"], "examples": [*EXAMPLES]},
    )

    mode: Annotated[
        Mode | None,
        parsed_for_survey(parse_mode, None),
        schema(
            "string",
            "What the request lists; GET /surveys has the modes of each survey.",
            enum=[str(mode) for mode in Mode],
        ),
    ] = None
    email: Annotated[
        str | None,
        parsed(parse_email, None),
        nullable("Address of the email at the end.", format="email", maxLength=MAX_EMAIL_CHARACTERS),
    ] = None
    bands: Annotated[
        tuple[str, ...],
        BeforeValidator(lambda value, info: parse_bands(value, surveys_in(info))),
        WithJsonSchema(
            {
                "description": "J, H, K (or Ks), a list of them, or all.",
                "oneOf": [
                    {"type": "string"},
                    {"type": "array", "items": {"type": "string", "enum": list(BANDS)}},
                ],
                "examples": ["J", "J,Ks", ["j", "k"], "all"],
            }
        ),
    ] = BANDS
    image_type: Annotated[
        ImageType,
        parsed_for_survey(parse_image_type, ImageType.ATLAS),
        schema(
            "string",
            "Atlas images, or Quicklooks (restored from lossy compression).",
            enum=[str(one) for one in ImageType],
        ),
    ] = ImageType.ATLAS
    decompress: Annotated[
        bool, parsed_flag(True), schema("boolean", "Quicklooks: restore to plain FITS.")
    ] = True
    form: Annotated[
        str,
        parsed(one_of(*DELIVERY_FORMATS), "fits.gz"),
        schema(
            "string",
            "File format of whole Atlas images; `fz` is gzip where the archive holds no tiles.",
            enum=list(DELIVERY_FORMATS),
        ),
    ] = "fits.gz"
    dataset: Annotated[
        str,
        parsed(parse_dataset, DEFAULT_DATASET),
        schema("string", "Data set; GET /surveys lists those that are held.", examples=[*BUILT_IN.datasets]),
    ] = DEFAULT_DATASET
    survey: Annotated[
        tuple[str, ...] | None,
        BeforeValidator(parse_surveys),
        WithJsonSchema(
            {
                "description": "Survey, which says the data set too, or a list of several; GET /surveys lists"
                " those that are held.",
                "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
                "examples": [*(BUILT_IN.survey_id(name) for name in BUILT_IN.datasets), [*SEVERAL]],
            }
        ),
    ] = None
    label: Annotated[
        str | None,
        parsed(parse_label, None),
        nullable("Your name for the batch.", maxLength=MAX_LABEL_CHARACTERS),
    ] = None
    center: Annotated[
        Any,
        parsed(parse_center, None),
        schema(
            "string",
            "Mode region: any coordinate, or an object name.",
            examples=["m83", "204.2540 -29.8654", "13h37m00.9s -29d51m57s"],
        ),
    ] = None
    diameter: Annotated[
        float | None,
        parsed(parse_diameter, None),
        schema("number", f"Mode region: degrees, clamped to {MIN_DIAMETER}–{MAX_DIAMETER} with a notice."),
    ] = None
    relation: Annotated[
        str,
        parsed_for_survey(parse_relation, "overlap"),
        schema(
            "string",
            "Mode region: images that overlap the region, cover it, or are enclosed by it.",
            enum=list(RELATIONS),
        ),
    ] = "overlap"
    table: Annotated[
        str | None,
        schema(
            "string",
            "Modes positions, image_ids, coadd_keys and scans: the table, at most {max_rows} rows and"
            " {max_upload_bytes} bytes; see /help/tables.",
            examples=["ra,dec,size\n65.497627,19.535070,50\n"],
        ),
    ] = None
    table_base64: Annotated[
        str | None,
        schema(
            "string",
            "The table's bytes in base64 instead of its text: a FITS file, a gzipped one. In a form, `table`"
            " is a file of any kind.",
            contentEncoding="base64",
        ),
    ] = None
    size: Annotated[
        float | None,
        parsed(parse_size, None),
        WithJsonSchema(
            {
                "type": ["number", "string"],
                "description": "Mode positions: width and height of the crops in arcsec, or with a unit,"
                " where the table has no size column or the cell is null; zero or negative: whole images.",
                "examples": [50, "1arcmin"],
            }
        ),
    ] = None
    best: Annotated[
        bool, parsed_flag(False), schema("boolean", "Mode positions: only the best image of each band.")
    ] = False
    unknown_names: Annotated[
        str,
        parsed(one_of(*UNKNOWN_NAMES), UNKNOWN_NAMES[0]),
        schema(
            "string",
            "Object names that no service knows: `accept` starts the batch, with those rows unresolved;"
            " `refuse` asks for all names first, for some seconds, and starts nothing where one is unknown.",
            enum=list(UNKNOWN_NAMES),
        ),
    ] = UNKNOWN_NAMES[0]
    first_row: Annotated[
        int,
        parsed(values.first_row, 1),
        schema(
            "integer",
            "Lists: number of the table's first row, where the table continues another.",
            minimum=1,
            maximum=values.MAX_FIRST_ROW,
        ),
    ] = 1
    edge: Annotated[
        EdgeMode,
        parsed(values.edge_mode, EdgeMode.CLIP),
        schema(
            "string",
            "Crops that reach beyond their image: clipped there, or padded to their full size with NaN"
            " (BLANK in Quicklooks).",
            enum=[str(one) for one in EdgeMode],
        ),
    ] = EdgeMode.CLIP
    date: Annotated[
        str | None,
        parsed(values.xdate, None),
        schema("string", "Mode scan: date of the observation, yymmdd.", pattern="^[0-9]{6}$"),
    ] = None
    hemisphere: Annotated[
        str | None,
        parsed(values.hemisphere, None),
        schema("string", "Mode scan: observatory.", enum=sorted(values.HEMISPHERES)),
    ] = None
    scan: Annotated[
        int | None,
        parsed(values.scan, None),
        schema("integer", "Mode scan: nightly scan number.", minimum=1, maximum=values.MAX_SCAN),
    ] = None
