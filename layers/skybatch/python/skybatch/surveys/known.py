"""The surveys known to this process: the default one, and those whose inventories it has met.

An inventory carries the description it was built with, so a deployed service learns of a survey when it
reads which inventories there are. A data set's name (``asky``, or a survey's id where it has but one) is
unique among all.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from skybatch.errors import InvalidSurvey, NotFound, SkybatchError
from skybatch.surveys.catalogue import DEFAULT_SURVEY, packaged_survey

if TYPE_CHECKING:
    from skybatch.surveys.description.images import Mission
    from skybatch.surveys.description.keys import KeyLayout
    from skybatch.surveys.description.survey import Survey

T = TypeVar("T")
logger = logging.getLogger(__name__)
DEFAULT_DATASET = "asky"
SECONDS_BETWEEN_LOADS, SECONDS_AFTER_FAILURE = 60.0, 5.0
_loader: list[Callable[[], None]] = []
_loaded: list[float] = []
_failed: list[SkybatchError] = []
"""The error of the last load; none where that went well."""


def learn_from(load: Callable[[], None]) -> None:
    """Say how further surveys are found: ``load`` registers those of the archive, and what is held."""
    _loader[:], _loaded[:], _failed[:] = [load], [], []


def refresh() -> None:
    """Learn which surveys there are, if that was not done within the last minute; sooner after a failure."""
    seconds = SECONDS_AFTER_FAILURE if _failed else SECONDS_BETWEEN_LOADS
    if _loader and (not _loaded or time.monotonic() - _loaded[0] > seconds):
        _loaded[:], _failed[:] = [time.monotonic()], []
        try:
            _loader[0]()
        except SkybatchError as error:
            # Counted from now: a store that does not answer takes longer than those seconds.
            _loaded[:], _failed[:] = [time.monotonic()], [error]
            raise


def _or_learn(find: Callable[[], T | None]) -> T | None:
    """Return what is found, also among the surveys of the archive where it is not yet known.

    Raises the error of the last load: what is not found may then be there all the same.
    """
    found = find()
    if found is None:
        refresh()
        found = find()
    if found is None and _failed:
        raise _failed[0].with_traceback(None)
    return found


@cache
def _surveys() -> dict[str, Survey]:
    """Surveys by data set, in the order in which they became known."""
    return dict.fromkeys(default_survey().datasets, default_survey())


def known_surveys() -> Mapping[str, Survey]:
    """Return the survey of each known data set."""
    return dict(_surveys())


def default_survey() -> Survey:
    """Return the survey that is meant where none is named."""
    return packaged_survey(DEFAULT_SURVEY)


def default_dataset() -> str:
    """Return the data set that is meant where none is named: 2MASS's first, or the first that is held."""
    refresh()
    held = _held()
    return DEFAULT_DATASET if not held or DEFAULT_DATASET in held else held[0]


def survey_of(dataset: str) -> Survey:
    """Return the survey of a data set. Raises NotFound for an unknown one."""
    survey = _or_learn(lambda: _surveys().get(dataset))
    if survey is None:
        raise NotFound(f"unknown data set {dataset!r}; known are {', '.join(_surveys())}")
    return survey


def register(survey: Survey) -> None:
    """Make a survey known, in the place of one of the same id.

    Raises
    ------
    InvalidSurvey
        Where the name of a data set, or an address in the archive, is that of another survey.
    """
    known, own = _surveys(), dict.fromkeys(survey.datasets, survey)
    others = {name: each for name, each in known.items() if each.id != survey.id}
    names, addresses = _names_of(others), _addresses_of(others)
    for word in _names_of(own):
        if word in names:
            raise InvalidSurvey(f"{survey.id}: dataset: {word!r} is a data set of {others[names[word]].id}")
    for address in _addresses_of(own):
        if address in addresses:
            other = others[addresses[address]].id
            raise InvalidSurvey(f"{survey.id}: dataset: {'/'.join(address)!r} is an address of {other}")
    known.update(own)
    _forget_derived()


def forget(survey: Survey) -> None:
    """Make a survey unknown again."""
    for dataset in survey.datasets:
        _surveys().pop(dataset, None)
    _forget_derived()


def _forget_derived() -> None:
    """Forget what was worked out from the surveys known before."""
    for derived in (key_layout, moved_prefixes, _names, _addresses, known_bands):
        derived.cache_clear()


@cache
def _held() -> list[str]:
    """Return the data sets that the archive holds; none where that is not known."""
    return []


def hold(datasets: Iterable[str]) -> None:
    """Say which data sets the archive holds, in the order of their first publication."""
    _held()[:] = [each for each in datasets if each in _surveys()]


def held_datasets() -> tuple[str, ...]:
    """Return the data sets that the archive holds, as far as it says; none where it does not."""
    refresh()
    return tuple(_held())


def served_surveys() -> tuple[Survey, ...]:
    """Return the surveys that the archive holds, as far as this process knows; else the default one."""
    known = _surveys()
    return tuple(dict.fromkeys(known[name] for name in _held() if name in known)) or (default_survey(),)


@cache
def key_layout(survey_id: str) -> KeyLayout:
    """Return the keys of a known survey, by its id."""
    from skybatch.surveys.description.keys import KeyLayout

    return KeyLayout(next(survey for survey in _surveys().values() if survey.id == survey_id))


@cache
def moved_prefixes() -> tuple[tuple[str, str], ...]:
    """Return what keys and addresses begin with, for each known data set where the two differ.

    Where the keys of one begin with nothing, all are there, it last: keys of others are not its.
    """
    pairs = [
        (key_layout(survey.id).prefix(dataset), survey.address(dataset))
        for dataset, survey in _surveys().items()
    ]
    if all(prefix for prefix, _ in pairs):
        return tuple(pair for pair in pairs if pair[0] != pair[1])
    return tuple(sorted(pairs, key=lambda pair: len(pair[0]), reverse=True))


def dataset_named(word: str) -> str | None:
    """Return the data set of a word that requests use: its name, or its survey's id; None if unknown."""
    return _or_learn(lambda: _names().get(word))


@cache
def _names() -> dict[str, str]:
    """Return the data set of each word; asked for every row of a table."""
    return _names_of(_surveys())


def _names_of(surveys: Mapping[str, Survey]) -> dict[str, str]:
    ids = {survey.survey_id(name): name for name, survey in surveys.items()}
    return ids | {name: name for name in surveys}


def dataset_at(mission: str, folder: str, table: str) -> str | None:
    """Return the data set at ``{mission}/{folder}/{table}``, the mission by any of its names; else None."""
    return _or_learn(lambda: _addresses().get((mission, f"{folder}/{table}")))


@cache
def _addresses() -> dict[tuple[str, str], str]:
    """Return the data set of each mission and path."""
    return _addresses_of(_surveys())


def _addresses_of(surveys: Mapping[str, Survey]) -> dict[tuple[str, str], str]:
    return {
        (mission, survey.datasets[name].path): name
        for name, survey in surveys.items()
        for mission in (survey.mission.name, *survey.mission.aliases)
    }


@cache
def known_bands() -> Mapping[str, str]:
    """Return the label of each band of all known surveys, in their order; the first that has it gives it."""
    labels: dict[str, str] = {}
    for survey in _surveys().values():
        for band in survey.band:
            labels.setdefault(band.id, band.label)
    return labels


def band_label(band: str, dataset: str = "") -> str:
    """Return the label of a band, by a data set's survey where that has it; else the band itself.

    For pages and mails, which come all the same where the archive cannot say which surveys it holds.
    """
    survey = survey_if_known(dataset) if dataset else None
    if survey is not None and band in survey.bands:
        return survey.bands[band].label
    return _learned_if_possible(lambda: known_bands().get(band)) or band


def dataset_if_known(word: str) -> str:
    """Return the data set of a survey's id; empty for an unknown one, or where the archive cannot tell."""
    return _learned_if_possible(lambda: _names().get(word)) or ""


def surveys_if_known() -> tuple[Survey, ...]:
    """Return all surveys, those of the archive too where it can tell of them."""
    _learned_if_possible(lambda: None)
    return tuple(dict.fromkeys(_surveys().values()))


def survey_if_known(dataset: str) -> Survey | None:
    """Return the survey of a data set; None for one that is unknown, or that the archive cannot tell of."""
    return _learned_if_possible(lambda: _surveys().get(dataset))


def _learned_if_possible(find: Callable[[], T | None]) -> T | None:
    found = find()
    if found is None:
        try:
            refresh()
        except SkybatchError as error:
            logger.warning("which surveys the archive holds is not known: %s", error.detail)
        found = find()
    return found


def mission_named(word: str) -> str | None:
    """Return the mission of any of its names, None for an unknown one."""
    return _or_learn(
        lambda: next((each.name for each in _missions() if word in (each.name, *each.aliases)), None)
    )


def _missions() -> Iterator[Mission]:
    return (survey.mission for survey in _surveys().values())
