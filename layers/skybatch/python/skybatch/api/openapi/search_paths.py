"""The archive-compatible and Virtual Observatory endpoints in the OpenAPI document.

The standards that they follow define each parameter; here stand those that a caller may give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skybatch import errors
from skybatch.api.openapi.operations import RETRY_AFTER, Schema, operation, page, parameter
from skybatch.api.parameters import FORM_TYPE
from skybatch.api.responses import PROBLEM_TYPE
from skybatch.api.table_responses import VOTABLE_TYPE
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.vo.responses import MISSIONS

LOOKUP_ERRORS = (errors.MalformedRequest, errors.NotFound)
TABLE_TYPES = (VOTABLE_TYPE, "text/xml", "text/csv", "text/plain", "text/html", "image/fits")
IMAGE_TYPES = ("image/fits", "application/x-gzip", "text/html")
VO_SERVICES = ("sia2", "soda", "datalink")

SIA1 = {
    "POS": "Right ascension and declination in degrees, ICRS, with a comma between.",
    "SIZE": "Width and height of the region in degrees.",
    "INTERSECT": "COVERS, ENCLOSED, CENTER or OVERLAPS.",
}
SEARCH = {
    "POS": "A position.",
    "SIZE": "Width and height of the region in degrees.",
    "INTERSECT": "COVERS, ENCLOSED, CENTER or OVERLAPS.",
    "where": "A condition on columns, as in SQL.",
    "columns": "Columns of the answer, with commas between.",
    "mcen": "Only the image whose center is nearest to the position.",
}
CUTOUT = {
    "center": "Center of the cutout, in degrees or pixels.",
    "size": "Width and height of the cutout, with a unit.",
    "gzip": "Whether the file is compressed: true or false.",
}
SIA2 = {
    "POS": "CIRCLE, RANGE or POLYGON, in degrees, ICRS.",
    "BAND": "Wavelengths in metres.",
    "TIME": "Modified Julian dates.",
    "COLLECTION": "A data set.",
    "MAXREC": "Most rows of the answer.",
}
SODA = {
    "ID": "Identifier of an image.",
    "CIRCLE": "Right ascension, declination and radius in degrees, ICRS.",
    "POLYGON": "Right ascensions and declinations of the vertices in degrees, ICRS.",
    "POS": "CIRCLE, RANGE or POLYGON.",
}
DATALINK = {"ID": "Identifier of an image."}
INVENTORY = {
    "ds": "A data set.",
    "POS": "A position, or an object's name.",
    "SIZE": "Width and height of the region in degrees.",
    "FORMAT": "As SIA 1.0 has it.",
}
IMAGE = {
    "ds": f"A data set: {', '.join(DATASETS)}.",
    "dh": "Night and hemisphere: yymmdd, and n or s.",
    "scan": "Scan number.",
    "name": "File name.",
    "type": "at (Atlas image) or ql (Quicklook).",
}
IMAGE_PAGE = {"ds": IMAGE["ds"], "key": "A coadd key.", "band": "j, h or k."}


def search_paths() -> dict[str, Schema]:
    """Return the path items of everything that the search function answers."""
    table = _table_parameters()
    return {
        "/ibe/sia/{mission}/{folder}/{table}": _query("Simple Image Access 1.0 on one table", SIA1, table),
        "/ibe/search": {"get": operation("archive", "The missions", page())},
        "/ibe/search/{mission}": _list("The data sets of a mission", table[:1]),
        "/ibe/search/{mission}/{folder}": _list("The tables of a data set", table[:2]),
        "/ibe/search/{mission}/{folder}/{table}": _query("Search one table", SEARCH, table),
        "/ibe/data/{path}": {
            "get": operation(
                "archive", "A stored image, a cutout of it, or a folder", _image(), LOOKUP_ERRORS
            ),
            "parameters": [parameter("path"), *_parameters(CUTOUT)],
        },
        "/cgi-bin/2MASS/IM/nph-im": {
            "get": operation("archive", "A stored image by its parts", _image(), LOOKUP_ERRORS),
            "parameters": _parameters(IMAGE),
        },
        "/cgi-bin/2MASS/IM/nph-im_sia": _query("The image inventory as Simple Image Access", INVENTORY),
        "/cgi-bin/2MASS/IM/nph-im_key": {
            "get": operation("archive", "The page of one image", page(), LOOKUP_ERRORS),
            "parameters": _parameters(IMAGE_PAGE),
        },
        "/sia2/query": _query("Simple Image Access 2.0", SIA2),
        "/soda/sync": _query("A cutout by SODA 1.0", SODA),
        "/datalink/links": _query("What belongs to an image, by DataLink 1.1", DATALINK),
        "/{service}/availability": _vosi("Whether a service is available"),
        "/{service}/capabilities": _vosi("The capabilities of a service"),
    }


def _table_parameters() -> list[Schema]:
    folders = sorted({dataset.folder for dataset in DATASETS.values()})
    tables = sorted({dataset.table for dataset in DATASETS.values()})
    values = {"mission": sorted(MISSIONS), "folder": folders, "table": tables}
    return [parameter(name, schema={"type": "string", "enum": enum}) for name, enum in values.items()]


def _parameters(descriptions: Mapping[str, str]) -> list[Schema]:
    return [parameter(name, "query", description=text) for name, text in descriptions.items()]


def _query(summary: str, descriptions: Mapping[str, str], path: Sequence[Schema] = ()) -> Schema:
    """Return the path item of a query by GET or by a posted form."""
    properties = {name: {"type": "string", "description": text} for name, text in descriptions.items()}
    body = {"content": {FORM_TYPE: {"schema": {"type": "object", "properties": properties}}}}
    return {
        "get": operation("archive", summary, _table(), parameters=_parameters(descriptions)),
        "post": operation("archive", f"{summary}, by a posted form", _table(), requestBody=body),
        **({"parameters": list(path)} if path else {}),
    }


def _list(summary: str, path: list[Schema]) -> Schema:
    return {"get": operation("archive", summary, page(), (errors.NotFound,)), "parameters": path}


def _vosi(summary: str) -> Schema:
    content: Schema = {"text/xml": {}, "application/xml": {}}
    response = {"200": {"description": "As VOSI 1.1 has it.", "content": content}}
    service = parameter("service", schema={"type": "string", "enum": list(VO_SERVICES)})
    return {"get": operation("archive", summary, response, (errors.NotFound,)), "parameters": [service]}


def _table() -> dict[str, Schema]:
    """Return the responses of a query, whose errors have the form that the service's standard gives them."""
    found = "A table, or what SODA cut; also the errors of SIA 1.0."
    to_body = {"description": "To the body, where it is too large for a response."}
    content: Schema = {VOTABLE_TYPE: {}, "text/plain": {}, PROBLEM_TYPE: {}}
    error = {"description": "The error, in the form of the service's standard.", "content": content}
    return {
        "200": {"description": found, "content": {media_type: {} for media_type in TABLE_TYPES}},
        "204": {"description": "The region has no pixels."},
        "302": to_body,
        "303": to_body,
        **{str(status): error for status in (400, 404, 413, 415, 422)},
        **{str(status): {**error, "headers": RETRY_AFTER} for status in (429, 503)},
    }


def _image() -> dict[str, Schema]:
    content: Schema = {media_type: {} for media_type in IMAGE_TYPES}
    return {
        "200": {"description": "The image, or a folder's page.", "content": content},
        "302": {"description": "To the stored image."},
        "303": {"description": "To the body, where it is too large for a response."},
    }
