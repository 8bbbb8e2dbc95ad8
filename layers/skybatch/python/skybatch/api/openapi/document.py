"""The OpenAPI 3.1 document of the whole HTTP API, generated from the code's own definitions.

Generating it imports pydantic and every type of a body, which costs 0.2 s: it is done when the package is
built (``make openapi``), and `published` serves the result.
"""

from __future__ import annotations

from pathlib import Path

from skybatch.api.openapi.batch_paths import batch_paths, resubmit_schema
from skybatch.api.openapi.operations import Schema
from skybatch.api.openapi.page_paths import page_paths
from skybatch.api.openapi.picture_paths import picture_paths
from skybatch.api.openapi.request_schema import (
    batch_form_schema,
    request_schema,
    table_form_schema,
    table_request_schema,
)
from skybatch.api.openapi.response_schemas import response_schemas
from skybatch.api.openapi.search_paths import search_paths
from skybatch.version import VERSION

PUBLISHED = Path(__file__).with_name("openapi.json")


def openapi_document() -> Schema:
    """Return the document, with placeholders for what `published` fills in."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "skybatch",
            "version": VERSION,
            "summary": "Batches of images from a sky survey.",
            "description": "Name a region, positions, scans or coadd keys; get the images, whole or cropped. "
            "A batch id is all it takes to read a batch: share it as you would share its images.",
            "contact": {"name": "Help of this service", "url": "{base_url}/help/"},
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": "{base_url}"}],
        "security": [],
        "tags": [
            {"name": "batches", "description": "Submit batches, follow them and download their images."},
            {"name": "pages", "description": "Pages for people, and this document."},
            {"name": "archive", "description": "Archive-compatible endpoints, and those of the VO."},
        ],
        "paths": {**batch_paths(), **picture_paths(), **page_paths(), **search_paths()},
        "components": {
            "schemas": {
                "BatchRequest": request_schema(),
                "BatchForm": batch_form_schema(),
                "TableRequest": table_request_schema(),
                "TableForm": table_form_schema(),
                "ResubmitRequest": resubmit_schema(),
                **response_schemas(),
            }
        },
    }
