"""Which data sets an archive holds, and the descriptions of all surveys but the default one.

One small object, `HELD`, which every publication of an inventory brings up to date, so that a service that
runs learns of a survey by one request. Archives that were indexed before there was such an object have none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from skybatch.errors import InvalidSurvey, InventoryError
from skybatch.inventory.versions import current_version
from skybatch.storage.trees import ReadableTree, Tree
from skybatch.surveys.catalogue import DEFAULT_SURVEY, packaged_survey
from skybatch.surveys.example_images import ExampleImage, remember_examples
from skybatch.surveys.known import hold, register, survey_of

if TYPE_CHECKING:
    from skybatch.surveys.description.survey import Survey

HELD = "inventory/surveys.json"
_FORMAT, _EXAMPLES = 1, "examples"


def add_held(
    tree: Tree, dataset: str, description: str | None = None, example: ExampleImage | None = None
) -> None:
    """Say that an archive holds a data set, whose survey is described by a text; None for the default one.

    ``example`` is an image that examples of calls are about; without one, that of an earlier publication is.

    Raises
    ------
    InventoryError
        Where the object that says so is damaged.
    """
    survey = survey_of(dataset)

    def added(content: bytes | None) -> bytes:
        held = _read(content)
        if content is None:
            held["datasets"] = _published_before(tree)
        held["datasets"] = list(dict.fromkeys([*held["datasets"], dataset]))
        if survey.id != DEFAULT_SURVEY and description is not None:
            held["descriptions"][survey.id] = description
        if example is not None:
            held.setdefault(_EXAMPLES, {})[dataset] = asdict(example)
        return json.dumps(held, indent=1).encode()

    tree.update(HELD, added)


def _published_before(tree: Tree) -> list[str]:
    """Return the default survey's data sets of an archive that does not say yet what it holds."""
    return [dataset for dataset in packaged_survey().datasets if _is_published(tree, dataset)]


def _is_published(tree: Tree, dataset: str) -> bool:
    try:
        return bool(current_version(tree, dataset))
    except InventoryError:
        return False


def load_held(source: ReadableTree) -> None:
    """Make the surveys of an archive known, and which data sets it holds.

    Raises
    ------
    InventoryError
        Where the object that says so, or a description in it, is damaged.
    """
    try:
        held = _read(source.read(HELD))
    except FileNotFoundError:
        return
    for survey in _described(held):
        register(survey)
    hold(held["datasets"])
    remember_examples(
        {dataset: ExampleImage(**example) for dataset, example in held.get(_EXAMPLES, {}).items()}
    )


def described_surveys(source: ReadableTree) -> tuple[Survey, ...]:
    """Return the surveys whose descriptions an archive holds. Raises as `load_held` does."""
    try:
        return _described(_read(source.read(HELD)))
    except FileNotFoundError:
        return ()


def _described(held: Mapping[str, Any]) -> tuple[Survey, ...]:
    from skybatch.surveys.description.reader import parse_survey

    return tuple(parse_survey(text, f"{HELD}: {name}") for name, text in held["descriptions"].items())


def loader(source: ReadableTree) -> Callable[[], None]:
    """Return the function by which a process learns of the surveys of an archive."""
    return lambda: load_held(source)


def _read(content: bytes | None) -> dict[str, Any]:
    if content is None:
        return {"format": _FORMAT, "datasets": [], "descriptions": {}}
    try:
        held = json.loads(content)
        if held["format"] != _FORMAT:
            raise InvalidSurvey(f"{HELD}: format: {held['format']!r} is of a newer version of skybatch")
        datasets, descriptions = list(held["datasets"]), dict(held["descriptions"])
        # Archives that were indexed before there were examples have none.
        examples = {_EXAMPLES: _checked_examples(held[_EXAMPLES])} if _EXAMPLES in held else {}
        return {"format": _FORMAT, "datasets": datasets, "descriptions": descriptions, **examples}
    except (ValueError, KeyError, TypeError) as error:
        raise InventoryError(f"{HELD} is damaged: {error}") from None


def _checked_examples(given: Any) -> dict[str, Any]:
    """Return examples as they are kept. Raises TypeError for what is none."""
    return {dataset: asdict(ExampleImage(**example)) for dataset, example in dict(given).items()}
