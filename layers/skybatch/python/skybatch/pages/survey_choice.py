"""The surveys that the form offers: one whose data sets can be chosen from, and others beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skybatch.errors import SkybatchError
from skybatch.surveys.description.images import Band
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import DEFAULT_DATASET, dataset_named, default_dataset, held_datasets, survey_of
from skybatch.telemetry import logger


@dataclass(frozen=True)
class OtherSurvey:
    """A data set that can be asked for beside the first: its bands as far as no other has them."""

    id: str
    title: str
    is_asked: bool
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class SurveyChoice:
    """What a form is for.

    Attributes
    ----------
    dataset
        The first data set that is asked for; the form's modes and words are those of its survey.
    asked
        All data sets that are asked for.
    offered
        Data sets that are offered beside the first.
    """

    dataset: str
    asked: tuple[str, ...]
    offered: tuple[str, ...] = ()

    @property
    def survey(self) -> Survey:
        """The survey of the first data set."""
        return survey_of(self.dataset)

    @property
    def others(self) -> list[OtherSurvey]:
        """The further data sets, each with the bands that those before it have not."""
        seen, found = set(self.survey.bands), []
        for name in self.offered:
            survey = survey_of(name)
            bands = tuple(band for band in survey.band if band.id not in seen)
            seen.update(survey.bands)
            title = survey.dataset_title(name)
            found.append(OtherSurvey(survey.survey_id(name), title, name in self.asked, bands))
        return found

    @property
    def surveys(self) -> tuple[Survey, ...]:
        """The surveys that are asked for, each once."""
        return tuple({survey_of(name).id: survey_of(name) for name in self.asked}.values())


def held_surveys() -> tuple[str, tuple[str, ...]]:
    """Return the data set that is meant where none is named, and those that are held.

    A form is still that of the packaged survey where the archive cannot say what it holds.
    """
    try:
        return default_dataset(), tuple(held_datasets())
    except SkybatchError as error:
        logger.warning("no surveys: %s", error.detail)
        return DEFAULT_DATASET, ()


def survey_choice(
    fields: Mapping[str, Any], default: str = DEFAULT_DATASET, held: Sequence[str] = ()
) -> SurveyChoice:
    """Return what a form is for that is filled in with fields, of which ``survey`` or ``dataset`` counts."""
    named = (_named(word) for word in survey_words(fields))
    asked = tuple(dict.fromkeys(name for name in named if name)) or (default,)
    own = survey_of(asked[0]).datasets
    offered = [name for name in dict.fromkeys((*held, *asked)) if name not in own or name in asked[1:]]
    return SurveyChoice(asked[0], asked, tuple(offered))


def survey_words(fields: Mapping[str, Any]) -> list[str]:
    """Return the words by which fields name surveys, as they were given."""
    given = fields.get("survey") or fields.get("dataset") or ()
    texts = [given] if isinstance(given, str) else list(given)
    return [word for text in texts for word in str(text).replace(",", " ").split()]


def unknown_surveys(fields: Mapping[str, Any]) -> list[str]:
    """Return the words that name no survey."""
    return [word for word in survey_words(fields) if _named(word) is None]


def _named(word: str) -> str | None:
    try:
        return dataset_named(word.lower())
    except SkybatchError as error:
        logger.warning("no surveys: %s", error.detail)
        return None
