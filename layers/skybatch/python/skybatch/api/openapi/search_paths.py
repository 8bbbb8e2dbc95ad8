"""The archive-compatible and Virtual Observatory endpoints in the OpenAPI document.

The standards that they follow define each parameter; here stand those that a caller may give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from skybatch import errors
from skybatch.api.openapi.operations import (
    PROBLEM,
    RETRY_AFTER,
    Schema,
    binary,
    json_body,
    operation,
    page,
    parameter,
    redirect,
    texts,
)
from skybatch.api.openapi.search_parameters import (
    CUTOUT,
    DATALINK,
    EXAMPLES,
    IMAGE,
    IMAGE_PAGE,
    INVENTORY,
    SEARCH,
    SIA1,
    SIA2,
    SODA,
    STORED,
)
from skybatch.api.parameters import FORM_TYPE
from skybatch.api.table_responses import VOTABLE_TYPE
from skybatch.inventory.coverage.coverage_files import COVERAGE_TYPES
from skybatch.surveys.known import DEFAULT_DATASET, default_survey

LOOKUP_ERRORS = (errors.Closed, errors.MalformedRequest, errors.NotFound)
TABLE_TYPES = (VOTABLE_TYPE, "text/xml", "text/csv", "text/plain", "text/html")
IMAGE_TYPES = ("image/fits", "application/x-gzip")
# Families of services with VOSI documents of their own, and what operations on these are named for.
VO_SERVICES = {"SIA": "ArchiveSia2", "sia2": "Sia2", "soda": "Soda", "datalink": "Datalink", "ibe": "Ibe"}

HELD = {"200": json_body("The surveys whose images can be asked for; a page for browsers.", "SurveyList")}


def search_paths() -> dict[str, Schema]:
    """Return the path items of everything that the search function answers."""
    table = _table_parameters()
    return {
        "/ibe/sia/{mission}/{folder}/{table}": _query(
            "searchSia1", "Simple Image Access 1.0 on one table", SIA1, table
        ),
        "/ibe/search": {
            "get": operation("archive", "listMissions", "The missions", page(), (errors.Closed,))
        },
        "/ibe/search/{mission}": _list("listDatasets", "The data sets of a mission", table[:1]),
        "/ibe/search/{mission}/{folder}": _list("listTables", "The tables of a data set", table[:2]),
        "/ibe/search/{mission}/{folder}/{table}": _query("searchTable", "Search one table", SEARCH, table),
        "/ibe/docs/{mission}/{folder}/{table}": _list("getTableDocs", "A table in words", table),
        "/ibe/data/{path}": {
            "get": operation(
                "archive",
                "getArchiveFile",
                "A stored image, a cutout of it, or a folder",
                _image(folders=True),
                LOOKUP_ERRORS,
            ),
            "parameters": [
                parameter("path", example=STORED),
                *_parameters(CUTOUT, EXAMPLES["getArchiveFile"]),
            ],
        },
        **_inventory_paths(),
        "/sia2/query": _query("searchSia2", "Simple Image Access 2.0", SIA2),
        "/SIA": _query("searchArchiveSia2", "Simple Image Access 2.0, at the archive's own address", SIA2),
        **_survey_paths(),
        "/soda/sync": _query("cutImage", "A cutout by SODA 1.0", SODA, found=_cutout()),
        "/datalink/links": _query("listLinks", "What belongs to an image, by DataLink 1.1", DATALINK),
        **_registry_paths(),
        **dict(_vosi_paths()),
    }


def _inventory_paths() -> dict[str, Schema]:
    return {
        "/cgi-bin/2MASS/IM/nph-im": {
            "get": operation(
                "archive", "getImageByParts", "A stored image by its parts", _image(), LOOKUP_ERRORS
            ),
            "parameters": _parameters(IMAGE, EXAMPLES["getImageByParts"]),
        },
        "/cgi-bin/2MASS/IM/nph-im_sia": _query(
            "searchInventory", "The image inventory as Simple Image Access", INVENTORY
        ),
        "/cgi-bin/2MASS/IM/nph-im_key": {
            "get": operation("archive", "getImagePage", "The page of one image", page(), LOOKUP_ERRORS),
            "parameters": _parameters(IMAGE_PAGE, EXAMPLES["getImagePage"]),
        },
    }


def _survey_paths() -> dict[str, Schema]:
    listed = operation("archive", "listSurveys", "The surveys that are held", HELD)
    found = {
        "200": binary("The map, from the address to which 302 leads.", *COVERAGE_TYPES.values()),
        "302": redirect("To a URL presigned now, for an hour."),
    }
    coverage = operation(
        "archive", "getCoverage", "What a survey covers of the sky", found, (errors.NotFound,)
    )
    survey_id = default_survey().survey_id(DEFAULT_DATASET)
    forms = "coverage.fits, coverage.json (MOC 2.0) or coverage.svg."
    names = [
        parameter("name", description="A survey's identifier, or its data set.", example=survey_id),
        parameter("file", description=forms, example="coverage.json"),
    ]
    return {
        "/surveys": {"get": listed},
        "/surveys/{name}/{file}": {"get": coverage, "parameters": names},
    }


def _registry_paths() -> dict[str, Schema]:
    listed = {"application/json": {"schema": {"type": "object"}}}
    record = {"200": {"description": "A VOResource record.", "content": texts(["text/xml"])}}
    return {
        "/registry/records": {
            "get": operation(
                "archive",
                "listRecords",
                "The records that a registry of the Virtual Observatory can take",
                {"200": {"description": "Ids, IVOA identifiers and addresses.", "content": listed}},
            )
        },
        "/registry/record/{record_id}": {
            "get": operation("archive", "getRecord", "One record", record, (errors.NotFound,)),
            "parameters": [
                parameter("record_id", description="`service`, or the id of a survey.", example="service")
            ],
        },
    }


def _vosi_paths() -> Iterator[tuple[str, Schema]]:
    families = [(f"/{service}", name, list[Schema]()) for service, name in VO_SERVICES.items()]
    services = [
        ("/ibe/sia/{mission}/{folder}/{table}", "Sia1", _table_parameters()),
        ("/cgi-bin/2MASS/IM/nph-im_sia", "Inventory", []),
    ]
    for path, operation_name, parameters in [*families, *services]:
        for name in ("availability", "capabilities"):
            operation_id = f"get{operation_name}{name.capitalize()}"
            response = {"200": {"description": "As VOSI 1.1 has it.", "content": texts(["text/xml"])}}
            raised = (errors.NotFound,) if parameters else ()
            item = {"get": operation("archive", operation_id, f"The {name} of {path}", response, raised)}
            yield f"{path}/{name}", {**item, **({"parameters": parameters} if parameters else {})}


def _table_parameters() -> list[Schema]:
    survey = default_survey()
    missions = sorted((survey.mission.name, *survey.mission.aliases))
    folders = sorted({dataset.folder for dataset in survey.dataset})
    tables = sorted({dataset.table for dataset in survey.dataset})
    values = {
        "mission": missions,
        "folder": folders,
        "table": tables,
    }
    return [parameter(name, schema={"type": "string", "enum": enum}) for name, enum in values.items()]


def _parameters(descriptions: Mapping[str, str], examples: Mapping[str, str]) -> list[Schema]:
    shown = {name: {"example": value} for name, value in examples.items()}
    return [
        parameter(name, "query", description=text, **shown.get(name, {}))
        for name, text in descriptions.items()
    ]


def _query(
    operation_id: str,
    summary: str,
    descriptions: Mapping[str, str],
    path: Sequence[Schema] = (),
    found: Mapping[str, Schema] | None = None,
) -> Schema:
    """Return the path item of a query by GET or by a posted form."""
    examples = EXAMPLES[operation_id]
    properties = {
        name: {
            "type": "string",
            "description": text,
            **({"examples": [examples[name]]} if name in examples else {}),
        }
        for name, text in descriptions.items()
    }
    body = {"content": {FORM_TYPE: {"schema": {"type": "object", "properties": properties}}}}
    responses = {**(_table() if found is None else found), **_query_errors()}
    by_form = f"{summary}, by a posted form"
    return {
        "get": operation(
            "archive", operation_id, summary, responses, parameters=_parameters(descriptions, examples)
        ),
        "post": operation("archive", f"{operation_id}ByForm", by_form, responses, requestBody=body),
        **({"parameters": list(path)} if path else {}),
    }


def _list(operation_id: str, summary: str, path: list[Schema]) -> Schema:
    listing = operation("archive", operation_id, summary, page(), (errors.Closed, errors.NotFound))
    return {"get": listing, "parameters": path}


_TO_BODY = redirect("To the body, where it is too large for a response.")


def _table() -> dict[str, Schema]:
    """Return the responses of a query, among them the errors of SIA 1.0, whose status is 200."""
    found = {"description": "A table; also the errors of SIA 1.0.", "content": texts(TABLE_TYPES)}
    return {"200": found, "303": _TO_BODY}


def _cutout() -> dict[str, Schema]:
    return {
        "200": binary("What SODA cut.", "application/fits"),
        "204": {"description": "The region has no pixels."},
        "303": redirect("To the body, or to the whole image where no region is given."),
    }


def _query_errors() -> dict[str, Schema]:
    """Return the errors of a query, in the form that the service's standard gives them."""
    content = {**texts(["text/plain", VOTABLE_TYPE]), **PROBLEM}
    error = {"description": "The error, in the form of the service's standard.", "content": content}
    return {
        **{str(status): error for status in (400, 403, 404, 413, 415, 422)},
        **{str(status): {**error, "headers": RETRY_AFTER} for status in (429, 503)},
    }


def _image(*, folders: bool = False) -> dict[str, Schema]:
    image = binary("The image, or a folder's page." if folders else "The image.", *IMAGE_TYPES)
    if folders:
        image["content"] |= texts(["text/html"])
    return {
        "200": image,
        "302": redirect("To the stored image."),
        "303": _TO_BODY,
    }
