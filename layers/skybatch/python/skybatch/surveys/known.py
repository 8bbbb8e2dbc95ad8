"""The surveys known to this process: those of the package, and those whose inventories it has met.

An inventory carries the description it was built with, so a deployed service learns of a survey when it
reads which inventories there are. A data set's name (``asky``, or a survey's id where it has but one) is
unique among all.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from skybatch.errors import InvalidSurvey, NotFound
from skybatch.surveys.catalogue import DEFAULT_SURVEY, PACKAGED_SURVEYS, packaged_survey

if TYPE_CHECKING:
    from skybatch.surveys.description.keys import KeyLayout
    from skybatch.surveys.description.survey import Survey

DEFAULT_DATASET = "asky"


@cache
def _surveys() -> dict[str, Survey]:
    """Surveys by data set, in the order in which they became known."""
    packaged = map(packaged_survey, PACKAGED_SURVEYS)
    return {dataset: survey for survey in packaged for dataset in survey.datasets}


def known_surveys() -> Mapping[str, Survey]:
    """Return the survey of each known data set."""
    return dict(_surveys())


def default_survey() -> Survey:
    """Return the survey that is meant where none is named."""
    return packaged_survey(DEFAULT_SURVEY)


def survey_of(dataset: str) -> Survey:
    """Return the survey of a data set. Raises NotFound for an unknown one."""
    known = _surveys()
    if dataset not in known:
        raise NotFound(f"unknown data set {dataset!r}; known are {', '.join(known)}")
    return known[dataset]


def register(survey: Survey) -> None:
    """Make a survey known, in the place of one of the same id.

    Raises
    ------
    InvalidSurvey
        Where a data set, or an address in the archive, is that of another survey.
    """
    known = _surveys()
    for dataset in survey.datasets:
        if dataset in known and known[dataset].id != survey.id:
            raise InvalidSurvey(f"{survey.id}: dataset: {dataset!r} is a data set of {known[dataset].id}")
    addresses = {(each.mission.name, each.datasets[name].path): each.id for name, each in known.items()}
    for each in survey.dataset:
        other = addresses.get((survey.mission.name, each.path), survey.id)
        if other != survey.id:
            raise InvalidSurvey(f"{survey.id}: dataset: {each.path!r} is an address of {other}")
    known.update(dict.fromkeys(survey.datasets, survey))
    key_layout.cache_clear()


def forget(survey: Survey) -> None:
    """Make a survey unknown again."""
    for dataset in survey.datasets:
        _surveys().pop(dataset, None)
    key_layout.cache_clear()


@cache
def key_layout(survey_id: str) -> KeyLayout:
    """Return the keys of a known survey, by its id."""
    from skybatch.surveys.description.keys import KeyLayout

    return KeyLayout(next(survey for survey in _surveys().values() if survey.id == survey_id))


def dataset_named(word: str) -> str | None:
    """Return the data set of a word that requests use: its name, or its survey's id; None if unknown."""
    if word in _surveys():
        return word
    return next((name for name, survey in _surveys().items() if survey.survey_id(name) == word), None)


def dataset_at(mission: str, folder: str, table: str) -> str | None:
    """Return the data set at ``{mission}/{folder}/{table}``, the mission by any of its names; else None."""
    path = f"{folder}/{table}"
    for name, survey in _surveys().items():
        missions = (survey.mission.name, *survey.mission.aliases)
        if mission in missions and survey.datasets[name].path == path:
            return name
    return None


def mission_named(word: str) -> str | None:
    """Return the mission of any of its names, None for an unknown one."""
    missions = (survey.mission for survey in _surveys().values())
    return next((each.name for each in missions if word in (each.name, *each.aliases)), None)
