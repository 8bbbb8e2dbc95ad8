"""The generated OpenAPI document as a deployment publishes it: with its address and its limits."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from skybatch.api.endpoints import without_closed
from skybatch.settings import Settings


def published_document(settings: Settings, base_url: str) -> dict[str, Any]:
    """Return the document of a service reached at ``base_url``."""
    text = files("skybatch.api.openapi").joinpath("openapi.json").read_text("utf-8")
    for placeholder, value in _values(settings, base_url).items():
        text = text.replace(f"{{{placeholder}}}", value)
    document: dict[str, Any] = json.loads(text)
    return without_closed(document, settings.closed)


def _values(settings: Settings, base_url: str) -> dict[str, str]:
    """Return what stands for each placeholder, as the inside of a JSON string."""
    return {
        "base_url": json.dumps(base_url)[1:-1],
        "max_rows": f"{settings.max_rows:,}",
        "max_upload_bytes": f"{settings.max_upload_bytes:,}",
    }
