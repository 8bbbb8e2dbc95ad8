"""The bodies of requests in the document of an archive without 2MASS: modes, bands, names and examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from skybatch.plain_text import join_words
from skybatch.requests.model import LIST_MODES, Mode
from skybatch.surveys.example_images import ExampleImage, example_image

if TYPE_CHECKING:
    from skybatch.surveys.description.survey import Survey

Schema = dict[str, Any]
OF_SCANS = ("date", "hemisphere", "scan")
_MODES = re.compile(r"Modes [^:]*:")
_DEFAULT = re.compile(r"Default: `.*`\.")


def describe_request(schema: Schema, held: Mapping[str, Survey]) -> None:
    """Say of a request what can be asked for of the surveys held: the examples are of the first."""
    fields = schema["properties"]
    modes = {Mode.IMAGE_IDS, *(mode for survey in held.values() for mode in survey.requests.modes)}
    fields["mode"]["enum"] = [mode for mode in fields["mode"]["enum"] if mode in modes]
    if Mode.SCAN not in modes:
        for name in OF_SCANS:
            fields.pop(name, None)
    if "description" in fields.get("table", {}):
        lists = join_words([mode for mode in LIST_MODES if mode in modes])
        fields["table"]["description"] = _MODES.sub(f"Modes {lists}:", fields["table"]["description"])
    if "bands" in fields:
        _describe_bands(fields["bands"], held)
    _name_surveys(fields, held)
    if "mode" in schema.get("required", ()) and "examples" in schema:
        schema["examples"] = list(_requests(held))


def _describe_bands(field: Schema, held: Mapping[str, Survey]) -> None:
    labels = list(dict.fromkeys(band.label for survey in held.values() for band in survey.band))
    bands = list(dict.fromkeys(band for survey in held.values() for band in survey.bands))
    field["description"] = f"{', '.join(labels)}, a list of them, or all. Default: `all`."
    for kind in field.get("oneOf", ()):
        if kind["type"] == "array":
            kind["items"] = {"type": "string", "enum": bands}
    if "examples" in field:
        field["examples"] = [labels[0], ",".join(labels[:2]), bands[:2], "all"]


def _name_surveys(fields: Schema, held: Mapping[str, Survey]) -> None:
    names = [survey.survey_id(dataset) for dataset, survey in held.items()]
    if "examples" in fields.get("survey", {}):
        fields["survey"]["examples"] = [*names, names] if len(names) > 1 else names
    if "dataset" in fields:
        said = fields["dataset"]["description"]
        fields["dataset"]["description"] = _DEFAULT.sub(f"Default: `{next(iter(held))}`.", said)
        fields["dataset"]["examples"] = list(held)


def _requests(held: Mapping[str, Survey]) -> Iterator[Schema]:
    """Yield requests that can be sent: of an image that is held, else those of the survey's description."""
    dataset, survey = next(iter(held.items()))
    image = example_image(dataset)
    examples = survey.requests.example.items() if image is None else _of_image(image)
    for mode, fields in examples:
        if mode in {*survey.requests.modes, Mode.IMAGE_IDS}:
            yield {"mode": str(mode), "survey": survey.survey_id(dataset), **fields}


def _of_image(image: ExampleImage) -> Iterator[tuple[Mode, Mapping[str, Any]]]:
    place = f"{image.ra:.5f} {image.dec:+.5f}"
    yield Mode.REGION, {"center": place, "diameter": 0.1, "bands": image.band}
    position = f"{image.ra:.5f},{image.dec:.5f},50"
    yield Mode.POSITIONS, {"table": f"ra,dec,size\n{position}\n", "edge": "pad"}
    yield Mode.IMAGE_IDS, {"table": f"image_id,band\n{image.image_id},{image.band}\n"}
