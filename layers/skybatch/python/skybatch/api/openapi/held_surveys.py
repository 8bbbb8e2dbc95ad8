"""The OpenAPI document of an archive that holds other surveys than 2MASS: their names and examples.

The document that is built has those of 2MASS, whose documentation names images. Of others the archive says
itself one image of each data set; one that was indexed before it did so has no examples of images.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from skybatch.api.openapi.held_requests import describe_request
from skybatch.errors import SkybatchError
from skybatch.surveys.catalogue import DEFAULT_SURVEY
from skybatch.surveys.example_images import ExampleImage, example_image
from skybatch.surveys.known import held_datasets, survey_of
from skybatch.telemetry import logger

if TYPE_CHECKING:
    from skybatch.surveys.description.survey import Survey

Schema = dict[str, Any]
OF_DEFAULT_SURVEY = "/cgi-bin/2MASS/"
REQUESTS = ("BatchRequest", "BatchForm", "TableRequest", "TableForm")
WHOLE_OR_CROPPED = "get the images, whole or cropped."
CROP = 100
"""Pixels of an example's cutout along each axis, at most."""
# Parameters whose examples are of one image, or one survey.
OF_IMAGES = ("path", "center", "size", "POS", "ID", "PIXELS")
OF_SURVEYS = ("name", "example")


def with_held_surveys(document: Schema) -> Schema:
    """Return the document with the names and examples of what the archive holds; as it is where 2MASS is."""
    try:
        held = {dataset: survey_of(dataset) for dataset in held_datasets()}
    except SkybatchError as error:
        logger.warning("the examples are those of 2MASS: %s", error.detail)
        return document
    if not held or any(survey.id == DEFAULT_SURVEY for survey in held.values()):
        return document
    paths = {path: item for path, item in document["paths"].items() if not path.startswith(OF_DEFAULT_SURVEY)}
    for item in paths.values():
        _describe_path(item, held)
    for name in REQUESTS:
        describe_request(document["components"]["schemas"][name], held)
    rest = document["info"]["description"].partition(WHOLE_OR_CROPPED)[2]
    said = f"Name a region, positions or image sets; {WHOLE_OR_CROPPED}{rest}"
    return {**document, "info": {**document["info"], "description": said}, "paths": paths}


def _describe_path(item: Schema, held: Mapping[str, Survey]) -> None:
    """Give the parameters and forms of a path the words of surveys, and the examples of the first."""
    operations = [item[verb] for verb in ("get", "head", "post") if verb in item]
    examples = _examples(operations[0]["operationId"].removesuffix("ByForm"), held)
    for parameter in [each for holder in (item, *operations) for each in holder.get("parameters", [])]:
        if words := _words_of_tables(held).get(parameter["name"]):
            parameter["schema"] = {"type": "string", "enum": words}
        if "example" in parameter:
            _replace(parameter, "example", parameter["name"], examples)
    for content in [each for operation in operations for each in _contents(operation)]:
        for name, field in content["schema"].get("properties", {}).items():
            if "examples" in field:
                _replace(field, "examples", name, examples)


def _contents(operation: Schema) -> list[Schema]:
    return list(operation.get("requestBody", {}).get("content", {}).values())


def _replace(holder: Schema, key: str, name: str, examples: Mapping[str, str]) -> None:
    """Set an example; take one away that is of no image here."""
    if name in examples:
        holder[key] = examples[name] if key == "example" else [examples[name]]
    elif name in OF_IMAGES or name in OF_SURVEYS:
        del holder[key]


def _words_of_tables(held: Mapping[str, Survey]) -> dict[str, list[str]]:
    """Return the parts of the addresses of tables, those of the first data set first."""
    found: dict[str, dict[str, None]] = {"mission": {}, "folder": {}, "table": {}}
    for dataset, survey in held.items():
        folder, _, table = survey.datasets[dataset].path.partition("/")
        missions = (survey.mission.name, *survey.mission.aliases)
        for name, words in (("mission", missions), ("folder", (folder,)), ("table", (table,))):
            found[name] |= dict.fromkeys(words)
    return {name: list(words) for name, words in found.items()}


def _examples(operation: str, held: Mapping[str, Survey]) -> dict[str, str]:
    """Return the values of an operation's parameters by their names, as far as there are any."""
    dataset, survey = next(iter(held.items()))
    examples = {"name": survey.survey_id(dataset)}
    if survey.requests.example:
        examples["example"] = next(iter(survey.requests.example))
    image = example_image(dataset)
    return examples if image is None else examples | _of_image(image, survey, operation)


def _of_image(image: ExampleImage, survey: Survey, operation: str) -> dict[str, str]:
    side = min(CROP, image.columns, image.rows)
    column, row = (image.columns - side) // 2 + 1, (image.rows - side) // 2 + 1
    point, circle = f"{image.ra:.5f},{image.dec:.5f}", f"CIRCLE {image.ra:.5f} {image.dec:.5f} 0.1"
    return {
        "path": image.address,
        "center": f"{image.columns // 2},{image.rows // 2}px",
        "size": f"{side}px",
        "ID": survey.obscore.did.format(address=image.address),
        "PIXELS": f"{column} {column + side - 1} {row} {row + side - 1}",
        "POS": circle if operation.endswith("Sia2") else point,
    }
