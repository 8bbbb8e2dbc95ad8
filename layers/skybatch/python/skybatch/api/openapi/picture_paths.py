"""Previews, sketches and the large view in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator

from skybatch import errors
from skybatch.api.openapi.batch_paths import ID, READ_ERRORS, map_parameter
from skybatch.api.openapi.operations import Schema, binary, operation, page, parameter, redirect
from skybatch.api.routes.pictures.sky_sketch import MEDIA_TYPE
from skybatch.batch.codes import RowStatus
from skybatch.batch.delivery.previews import DEFAULT_LOOK, STRETCHES
from skybatch.batch.delivery.previews import SIDES as PREVIEW_SIDES
from skybatch.batch.results.target_choice import EDGES, SIZES, SORTS, VIEWS

_CHOICES = {
    "outcome": "Only targets of this outcome.",
    "band": "Only images of this band, by its id.",
    "edge": "Only crops that are cut at the edge of their image, or whole.",
    "find": "Part of an id or name, or the number of a row.",
    "sort": "What targets are ordered by; with a minus the other way round.",
    "page": "Page of targets.",
    "view": "Gallery or table.",
    "size": "How large the gallery's pictures are.",
}


def picture_paths() -> dict[str, Schema]:
    """Return the path items of what is to be looked at."""
    name = parameter("name", description="The name of the image's file, with .png behind it.")
    return {
        "/batches/{id}/previews/{name}": {"get": _preview(), "parameters": [ID, name]},
        "/batches/{id}/sky.svg": {"get": _sketch(), "parameters": [ID]},
        "/batches/{id}/views/{file}": {"get": _view(), "parameters": [ID, parameter("file")]},
    }


def _preview() -> Schema:
    return operation(
        "batches",
        "getPreview",
        "Preview of an image",
        {"200": binary("The preview.", "image/png")},
        (*READ_ERRORS, errors.Closed, errors.InvalidRequest),
        description="A picture of one image, or of the three bands of a crop in colour; north is up and east"
        " to the left. Pixels without data are blue; how many there are stands in the comment of the file.",
        parameters=list(look_parameters()),
    )


def look_parameters() -> Iterator[Schema]:
    """Yield the parameters that say how a picture is drawn."""
    kinds = {"type": "string", "enum": list(STRETCHES), "default": DEFAULT_LOOK.stretch}
    yield parameter("stretch", "query", schema=kinds, description="How values become shades of grey.")
    for name in ("black", "white"):
        schema = {"type": "number", "minimum": 0, "maximum": 100, "default": getattr(DEFAULT_LOOK, name)}
        yield parameter(name, "query", schema=schema, description=f"Percentile of the pixels that is {name}.")
    sides = {"type": "integer", "enum": list(PREVIEW_SIDES), "default": DEFAULT_LOOK.side}
    yield parameter("side", "query", schema=sides, description="Pixels of the longer side, at most.")


def choice_parameters() -> Iterator[Schema]:
    """Yield the parameters that say which targets a page shows."""
    enums = {
        "outcome": tuple(RowStatus),
        "edge": EDGES,
        "sort": SORTS,
        "view": VIEWS,
        "size": SIZES,
    }
    for name, description in _CHOICES.items():
        schema: Schema = {"type": "integer", "minimum": 1} if name == "page" else {"type": "string"}
        if name in enums:
            schema["enum"] = [str(each) for each in enums[name]]
        yield parameter(name, "query", schema=schema, description=description)


def _view() -> Schema:
    return operation(
        "pages",
        "getView",
        "The large view of an image",
        page("The page of one image."),
        (*READ_ERRORS, errors.InvalidRequest),
        description="With scale bar, directions and cross-hair. The parameters of the batch's page say which"
        " images are before and after it.",
        parameters=[*choice_parameters(), *list(look_parameters())[:3]],
    )


def _sketch() -> Schema:
    return operation(
        "batches",
        "getSketch",
        "Sketch of a batch on the sky",
        {
            "200": binary("The drawing.", MEDIA_TYPE),
            "303": redirect("To the drawing, where it is too large for a response."),
        },
        (*READ_ERRORS, errors.InvalidRequest),
        description="Positions and what became of them, outlines of the images, the region; while the batch"
        " runs, what its plan covers. Its titles tell row and image. Rows far from all others are named below"
        " the field of most; `map=sky` shows them.",
        parameters=[map_parameter()],
    )
