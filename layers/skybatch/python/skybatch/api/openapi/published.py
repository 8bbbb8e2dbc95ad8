"""The generated OpenAPI document as a deployment publishes it: with its address and its limits."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

from skybatch.api.endpoints import without_closed
from skybatch.settings import Settings

SCHEME = "token"
METHODS = ("get", "post", "head")
# Of a private deployment: all else is open, so that links in emails work.
WHAT_STARTS_WORK = ("/batches", "/plans", "/tables")
OF_SEARCH = re.compile(r"/(ibe|cgi-bin|sia2|SIA|soda|datalink|registry)(/|$)")
# By API Gateway's authorizer, in its own words.
REFUSALS = {
    "401": {"description": "No token, or one that is not taken."},
    "403": {"description": "The token does not allow this, or the endpoint is closed."},
}


def published_document(settings: Settings, base_url: str) -> dict[str, Any]:
    """Return the document of a service reached at ``base_url``."""
    text = files("skybatch.api.openapi").joinpath("openapi.json").read_text("utf-8")
    for placeholder, value in _values(settings, base_url).items():
        text = text.replace(f"{{{placeholder}}}", value)
    document: dict[str, Any] = json.loads(text)
    offered = without_closed(document, settings.closed)
    return with_tokens(offered, settings.jwt_issuer) if settings.jwt_issuer else offered


def with_tokens(document: dict[str, Any], issuer: str) -> dict[str, Any]:
    """Return a document in which the operations of a private deployment ask for a token of its issuer."""
    scheme = {
        "type": "openIdConnect",
        "openIdConnectUrl": f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        "description": f"A bearer token of {issuer}.",
    }
    paths = {
        path: {method: _with_token(path, method, operation) for method, operation in item.items()}
        for path, item in document["paths"].items()
    }
    components = {**document["components"], "securitySchemes": {SCHEME: scheme}}
    return {**document, "paths": paths, "components": components}


def _with_token(path: str, method: str, operation: Any) -> Any:
    if method not in METHODS or not asks_for_token(path):
        return operation
    responses = {**operation["responses"], **REFUSALS}
    return {**operation, "security": [{SCHEME: []}], "responses": responses}


def asks_for_token(path: str) -> bool:
    """Whether a private deployment asks for a token at a path: the template's routes with an authorizer."""
    return OF_SEARCH.match(path) is not None or path in WHAT_STARTS_WORK


def _values(settings: Settings, base_url: str) -> dict[str, str]:
    """Return what stands for each placeholder, as the inside of a JSON string."""
    return {
        "base_url": json.dumps(base_url)[1:-1],
        "max_rows": f"{settings.max_rows:,}",
        "max_upload_bytes": f"{settings.max_upload_bytes:,}",
    }
