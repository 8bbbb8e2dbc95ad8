"""The archive's own addresses and those of the Virtual Observatory, as OpenAPI tells of them.

What each parameter means is told by the documents named; here stand those that a caller may give.
"""

from __future__ import annotations

from typing import Any

from skybatch import errors
from skybatch.api.openapi.operations import PROBLEM, operation, page, parameter
from skybatch.api.openapi.schemas import Schema
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.vo.responses import MISSIONS

VOTABLE = "application/x-votable+xml"
FORM = "application/x-www-form-urlencoded"
REFUSALS = (errors.MalformedRequest, errors.NotFound)

SIA1 = {
    "POS": "right ascension and declination, degrees",
    "SIZE": "degrees",
    "INTERSECT": "COVERS, ENCLOSED, CENTER or OVERLAPS",
}
SEARCH = {
    "POS": "a position",
    "SIZE": "degrees",
    "INTERSECT": "how image and region meet",
    "where": "a condition on columns",
    "columns": "columns wanted, with commas between",
    "mcen": "the one image most centered",
}
CUTOUT = {"center": "of the cutout", "size": "of the cutout", "gzip": "true or false"}
SIA2 = {
    "POS": "CIRCLE, RANGE or POLYGON",
    "BAND": "metres",
    "TIME": "modified Julian days",
    "COLLECTION": "a data set",
    "MAXREC": "rows at most",
}
SODA = {"ID": "an image", "CIRCLE": "degrees", "POLYGON": "degrees", "POS": "a figure"}
INVENTORY = {"ds": "a data set", "POS": "a position", "SIZE": "degrees", "FORMAT": "as SIA 1.0 has it"}
IMAGE = {
    "ds": ", ".join(DATASETS),
    "dh": "date and hemisphere, yymmdd and n or s",
    "scan": "scan number",
    "name": "the file's name",
    "type": "at or ql",
}
SHOWN = {"ds": ", ".join(DATASETS), "key": "a coadd key", "band": "j, h or k"}


def archive_paths() -> dict[str, Any]:
    """Everything the search function answers."""
    folders = sorted({dataset.folder for dataset in DATASETS.values()})
    tables = sorted({dataset.table for dataset in DATASETS.values()})
    words = {"mission": sorted(MISSIONS), "folder": folders, "table": tables}
    table = [parameter(name, schema={"type": "string", "enum": of}) for name, of in words.items()]
    return {
        "/ibe/sia/{mission}/{folder}/{table}": _asked("Simple Image Access 1.0 on one table", SIA1, table),
        "/ibe/search": {"get": operation("archive", "The missions", page())},
        "/ibe/search/{mission}": _listed("The data sets of a mission", table[:1]),
        "/ibe/search/{mission}/{folder}": _listed("The tables of a data set", table[:2]),
        "/ibe/search/{mission}/{folder}/{table}": _asked("Search one table", SEARCH, table),
        "/ibe/data/{path}": {
            "get": operation("archive", "A stored image, a cutout of it, or a folder", _image(), REFUSALS),
            "parameters": [parameter("path"), *_query(CUTOUT)],
        },
        "/cgi-bin/2MASS/IM/nph-im": {
            "get": operation("archive", "A stored image by its parts", _image(), REFUSALS),
            "parameters": _query(IMAGE),
        },
        "/cgi-bin/2MASS/IM/nph-im_sia": _asked("The image inventory as Simple Image Access", INVENTORY),
        "/cgi-bin/2MASS/IM/nph-im_key": {
            "get": operation("archive", "One image on a page", page(), REFUSALS),
            "parameters": _query(SHOWN),
        },
        "/sia2/query": _asked("Simple Image Access 2.0", SIA2),
        "/soda/sync": _asked("A cutout by SODA 1.0", SODA),
        "/datalink/links": _asked("What belongs to an image, by DataLink 1.1", {"ID": "an image"}),
        "/{service}/availability": _vosi("Whether a service is up"),
        "/{service}/capabilities": _vosi("What a service can do"),
    }


def _query(meanings: dict[str, str]) -> list[Schema]:
    return [parameter(name, "query", description=meaning) for name, meaning in meanings.items()]


def _table() -> dict[str, Schema]:
    kinds = (VOTABLE, "text/xml", "text/csv", "text/plain", "text/html", "image/fits")
    told = "A table, or what SODA cut; of SIA 1.0 also its errors."
    large = {"description": "To the answer, where it is too large to send."}
    nothing = {"description": "Nothing lies there."}
    either: Schema = {VOTABLE: {}, "text/plain": {}, PROBLEM: {}}
    wrong = {"description": "What is wrong, in the caller's own form.", "content": either}
    return {
        "200": {"description": told, "content": {kind: {} for kind in kinds}},
        "204": nothing,
        "302": large,
        "303": large,
        **{str(status): wrong for status in (400, 404, 413, 415, 422)},
    }


def _image() -> dict[str, Schema]:
    kinds = ("image/fits", "application/x-gzip", "text/html")
    return {
        "200": {"description": "The image, or a folder's page.", "content": {kind: {} for kind in kinds}},
        "302": {"description": "To the stored image."},
        "303": {"description": "To the answer, where it is too large to send."},
    }


def _asked(summary: str, meanings: dict[str, str], path: list[Schema] | None = None) -> dict[str, Any]:
    properties = {name: {"type": "string", "description": meaning} for name, meaning in meanings.items()}
    body = {"content": {FORM: {"schema": {"type": "object", "properties": properties}}}}
    return {
        "get": operation("archive", summary, _table(), parameters=_query(meanings)),
        "post": operation("archive", f"{summary}, its parameters posted", _table(), requestBody=body),
        **({"parameters": path} if path else {}),
    }


def _listed(summary: str, path: list[Schema]) -> dict[str, Any]:
    return {"get": operation("archive", summary, page(), (errors.NotFound,)), "parameters": path}


def _vosi(summary: str) -> dict[str, Any]:
    answer = {
        "200": {"description": "As VOSI 1.1 has it.", "content": {"text/xml": {}, "application/xml": {}}}
    }
    service = parameter("service", schema={"type": "string", "enum": ["sia2", "soda", "datalink"]})
    return {"get": operation("archive", summary, answer, (errors.NotFound,)), "parameters": [service]}
