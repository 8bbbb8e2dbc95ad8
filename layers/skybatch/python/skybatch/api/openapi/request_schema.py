"""JSON Schema of the request body, from the type that validates it."""

from __future__ import annotations

from skybatch.api.openapi.operations import Schema
from skybatch.requests import fields
from skybatch.requests.model import MAX_DIAMETER, MIN_DIAMETER, Mode
from skybatch.requests.table_rows import FORMS
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.datasets import DATASETS

TEXT: Schema = {"type": "string"}


def request_schema() -> Schema:
    """Return the schema of ``POST /batches`` and ``POST /plans``; in a form ``table`` is a file part."""
    described = _request_fields()
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


def _request_fields() -> dict[str, Schema]:
    return {
        "mode": {"type": "string", "enum": [str(mode) for mode in Mode]},
        "email": {
            "type": ["string", "null"],
            "format": "email",
            "maxLength": fields.MOST_EMAIL_CHARACTERS,
            "description": "Address of the email at the end.",
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
            "description": "Modes positions, coadd_keys and scans: the table, at most {max_rows} rows and "
            "{max_upload_bytes} bytes; see /help/tables.",
        },
        "best": {"type": "boolean", "description": "Mode positions: only the best image of each band."},
        "date": {"type": "string", "description": "Mode scan: yymmdd."},
        "hemisphere": {"type": "string", "enum": ["north", "south", "n", "s"]},
        "scan": {"type": "integer", "minimum": 1, "maximum": 999},
    }
