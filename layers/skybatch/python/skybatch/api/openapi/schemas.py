"""The bodies of the HTTP interface as JSON Schema (draft 2020-12, as OpenAPI 3.1 has it).

Words that can be chosen, defaults, limits and outcomes come from where the code itself takes them.
"""

from __future__ import annotations

from typing import Any

from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.requests import fields
from skybatch.requests.model import MAX_DIAMETER, MIN_DIAMETER, Mode
from skybatch.requests.table_rows import FORMS
from skybatch.settings import Settings
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.datasets import DATASETS

Schema = dict[str, Any]

STATES = ("accepted", "resolving", "planning", "working", "packaging", "complete", "failed", "cancelled")
COUNT: Schema = {"type": "integer", "minimum": 0}
TEXT: Schema = {"type": "string"}
URL: Schema = {"type": "string", "format": "uri"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
NOTICES: Schema = {"type": "array", "items": TEXT, "description": "What was done otherwise than asked."}
BATCH_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{32}$"}


def reference(name: str) -> Schema:
    """A reference to one of `schemas`."""
    return {"$ref": f"#/components/schemas/{name}"}


def schemas(settings: Settings) -> dict[str, Schema]:
    """Every schema by name."""
    return {
        "Request": request_schema(settings),
        "Accepted": accepted_schema(),
        "Plan": plan_schema(),
        "Batch": batch_schema(),
        "Images": images_schema(),
        "Problem": problem_schema(),
    }


def _object(properties: dict[str, Schema], *optional: str, **more: Any) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, **more}


def _nullable(schema: Schema) -> Schema:
    kind = schema.get("type")
    if isinstance(kind, str):
        return {**schema, "type": [kind, "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def request_schema(settings: Settings) -> Schema:
    """The body of POST /batches and POST /plans, flat; in a form ``table`` is a file part."""
    described = _request_fields(settings)
    for name, field in fields.Body.model_fields.items():
        if field.default is not None:
            default = field.default
            described[name]["default"] = list(default) if isinstance(default, tuple) else default
    return {
        "type": "object",
        "properties": described,
        "required": ["mode"],
        "examples": [
            {"mode": "region", "center": "m83", "diameter": 0.2, "bands": "J"},
            {
                "mode": "positions",
                "table": "ra,dec,size\n65.497627,19.535070,50\n",
                "email": "you@example.org",
            },
        ],
    }


def _request_fields(settings: Settings) -> dict[str, Schema]:
    rows = f"at most {settings.max_rows:,} rows and {settings.max_upload_bytes:,} bytes"
    return {
        "mode": {"type": "string", "enum": [str(mode) for mode in Mode]},
        "email": {
            "type": ["string", "null"],
            "format": "email",
            "maxLength": fields.MOST_EMAIL_CHARACTERS,
            "description": "Where to tell of the end.",
        },
        "bands": {
            "description": "J, H, K (or Ks), a list of them, or all.",
            "oneOf": [TEXT, {"type": "array", "items": {"type": "string", "enum": list(BANDS)}}],
        },
        "image_type": {"type": "string", "enum": list(map(str, ImageType))},
        "decompress": {"type": "boolean", "description": "Quicklooks: restore to plain FITS."},
        "form": {
            "type": "string",
            "enum": list(FORMS),
            "description": "Of whole Atlas images; `fz` is gzip where the archive holds no tiles.",
        },
        "dataset": {"type": "string", "enum": list(DATASETS)},
        "label": {
            "type": ["string", "null"],
            "maxLength": fields.MOST_LABEL_CHARACTERS,
            "description": "Your name for the batch.",
        },
        "center": {"type": "string", "description": "Mode region: any coordinate, or an object name."},
        "diameter": {
            "type": "number",
            "description": f"Mode region: degrees, clamped to {MIN_DIAMETER}–{MAX_DIAMETER} with a notice.",
        },
        "relation": {"type": "string", "enum": list(fields.RELATIONS)},
        "table": {
            "type": "string",
            "description": f"Modes positions, coadd_keys and scans: the table, {rows}; see /help/tables.",
        },
        "best": {"type": "boolean", "description": "Mode positions: of each band the one best image."},
        "date": {"type": "string", "description": "Mode scan: yymmdd."},
        "hemisphere": {"type": "string", "enum": ["north", "south", "n", "s"]},
        "scan": {"type": "integer", "minimum": 1, "maximum": 999},
    }


def accepted_schema() -> Schema:
    """The answer to a batch taken in."""
    return _object(
        {"batch_id": BATCH_ID, "status_url": URL, "results_url": URL, "rows": COUNT, "notices": NOTICES}
    )


def plan_schema() -> Schema:
    """The answer to POST /plans."""
    outcomes = {
        "propertyNames": {"enum": [str(status) for status in RowStatus]},
        "additionalProperties": COUNT,
    }
    return _object(
        {
            "rows": COUNT,
            "images": COUNT,
            "bytes": COUNT,
            "parts": {**COUNT, "description": "Batches it takes."},
            "by_outcome": {"type": "object", **outcomes},
            "by_band": {"type": "object", "additionalProperties": COUNT},
            "notices": NOTICES,
        }
    )


def batch_schema() -> Schema:
    """The status of a batch."""
    images = [str(status) for status in ImageStatus if status is not ImageStatus.CANCELLED]
    return _object(
        {
            "batch_id": BATCH_ID,
            "label": _nullable(TEXT),
            "mode": {"type": "string", "enum": [str(mode) for mode in Mode]},
            "state": {"type": "string", "enum": list(STATES)},
            "created": INSTANT,
            "finished": _nullable(INSTANT),
            "expires": INSTANT,
            "notices": NOTICES,
            "asked": {"type": "object", "description": "The request in a few facts."},
            "progress": _counts("tasks", "done", "failed", "bytes_done", "bytes_planned"),
            "rows": _counts("total", *RowStatus, description="The outcomes sum to total."),
            "images": _counts(*images),
            "bytes": {**COUNT, "description": "Of image files delivered."},
            "limit_bytes": COUNT,
            "files": {"type": "array", "items": _file()},
            "unretrieved": _nullable(_object({"images": COUNT, "bytes": COUNT, "resubmit_url": URL})),
            "chain": _chain(),
            "reason": {**_nullable(TEXT), "description": "Of a failed batch."},
            "reasons": {"type": "array", "description": "Why rows have no image, in groups."},
            "mail": _nullable(TEXT),
        }
    )


def _counts(*names: str, **more: Any) -> Schema:
    return _object(dict.fromkeys(names, COUNT), **more)


def _file() -> Schema:
    md5 = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
    return _object({"name": TEXT, "url": URL, "bytes": COUNT, "md5": md5, "media_type": TEXT})


def _chain() -> Schema:
    ids = dict.fromkeys(("previous", "next", "retry"), _nullable(BATCH_ID))
    part = {"type": "integer", "minimum": 1}
    return _object({"part": part, "parts": _nullable(part), **ids})


def images_schema() -> Schema:
    """A page of finished images."""
    image = _object({"file": TEXT, "url": URL, "preview": URL, "bytes": COUNT, "row": COUNT, "band": TEXT})
    cursor = {**_nullable(TEXT), "description": "Where to go on; null after the last image."}
    return _object({"images": {"type": "array", "items": image}, "next": cursor})


def problem_schema() -> Schema:
    """An error, as RFC 9457 has it."""
    error = _object(
        {
            "line": _nullable(COUNT),
            "row": _nullable(COUNT),
            "column": TEXT,
            "value": TEXT,
            "rule": TEXT,
        }
    )
    return _object(
        {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "code": {"type": "string", "description": "Stable; one of those listed with each status."},
            "errors": {"type": "array", "items": error},
        },
        "errors",
    )
