"""Previews, sketches and the large view in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator

from skybatch import errors
from skybatch.api.openapi.batch_paths import ID, READ_ERRORS
from skybatch.api.openapi.operations import Schema, binary, operation, parameter, redirect
from skybatch.api.routes.pictures.previews import STRETCHES
from skybatch.api.routes.pictures.sky_sketch import MEDIA_TYPE
from skybatch.batch.delivery.previews import DEFAULT_LOOK, SIDES


def picture_paths() -> dict[str, Schema]:
    """Return the path items of what is to be looked at."""
    name = parameter("name", description="The name of the image's file, with .png behind it.")
    return {
        "/batches/{id}/previews/{name}": {"get": _preview(), "parameters": [ID, name]},
        "/batches/{id}/sky.svg": {"get": _sketch(), "parameters": [ID]},
    }


def _preview() -> Schema:
    return operation(
        "batches",
        "getPreview",
        "Preview of an image",
        {"200": binary("The preview.", "image/png")},
        (*READ_ERRORS, errors.Closed, errors.InvalidRequest),
        description="A picture of one image, or of the three bands of a crop in colour; north is up and east"
        " to the left.",
        parameters=list(look_parameters()),
    )


def look_parameters() -> Iterator[Schema]:
    """Yield the parameters that say how a picture is drawn."""
    kinds = {"type": "string", "enum": list(STRETCHES), "default": DEFAULT_LOOK.stretch}
    yield parameter("stretch", "query", schema=kinds, description="How values become shades of grey.")
    for name in ("black", "white"):
        schema = {"type": "number", "minimum": 0, "maximum": 100, "default": getattr(DEFAULT_LOOK, name)}
        yield parameter(name, "query", schema=schema, description=f"Percentile of the pixels that is {name}.")
    sides = {"type": "integer", "enum": list(SIDES), "default": DEFAULT_LOOK.side}
    yield parameter("side", "query", schema=sides, description="Pixels of the longer side, at most.")


def _sketch() -> Schema:
    drawing = {"description": "The drawing.", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
    return operation(
        "batches",
        "getSketch",
        "Sketch of a batch on the sky",
        {"200": drawing, "303": redirect("To the drawing, where it is too large for a response.")},
        READ_ERRORS,
        description="Positions and what became of them, outlines of the images, the region; while the batch"
        " runs, what its plan covers. Its titles tell row and image.",
    )
