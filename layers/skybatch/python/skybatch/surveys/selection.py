"""The surveys that a request names, one or several: what may be asked of all of them, and of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from skybatch.surveys.band_words import bands, cell_rule, field_rule, in_order
from skybatch.surveys.known import default_survey, survey_of
from skybatch.validation import InvalidValue

if TYPE_CHECKING:
    from skybatch.surveys.description.survey import Survey

IMAGE_IDS = "image_ids"
_MOST_WORDS = 100  # of bands of several surveys: each is held against all of them
LEAST_DEFAULT_FORM = "fits.gz"
"""Form of whole images where the surveys have different ones: each image as it is stored."""


@dataclass(frozen=True)
class SurveySelection:
    """The data sets that a request names, in its order, each once."""

    datasets: tuple[str, ...]

    @cached_property
    def surveys(self) -> tuple[Survey, ...]:
        """The survey of each data set."""
        return tuple(survey_of(dataset) for dataset in self.datasets)

    @property
    def several(self) -> bool:
        """Whether there are several."""
        return len(self.datasets) > 1

    @cached_property
    def modes(self) -> tuple[str, ...]:
        """The modes that all have; image sets of several surveys can be listed by identifier."""
        common = _in_all(survey.requests.modes for survey in self.surveys)
        return (*common, IMAGE_IDS) if self.several and IMAGE_IDS not in common else common

    @cached_property
    def relations(self) -> tuple[str, ...]:
        """The relations of images to a region that all have."""
        return _in_all(survey.requests.relations for survey in self.surveys)

    @cached_property
    def diameter(self) -> tuple[float, float]:
        """Least and largest diameter of a region, degrees; the first is the larger where none suits all."""
        ranges = [survey.requests.diameter for survey in self.surveys]
        return max(least for least, _ in ranges), min(most for _, most in ranges)

    @cached_property
    def default_form(self) -> str:
        """The form in which whole images are delivered by default."""
        forms = {survey.requests.default_form for survey in self.surveys}
        return forms.pop() if len(forms) == 1 else LEAST_DEFAULT_FORM

    @property
    def all_bands(self) -> tuple[str, ...]:
        """All bands, each once."""
        return tuple(dict.fromkeys(band for survey in self.surveys for band in survey.bands))

    def bands_text(self, bands: Iterable[str]) -> str:
        """Return bands as tables write them; with commas where there are several surveys."""
        if not self.several:
            return self.surveys[0].bands_text(bands)
        shown = {band.id: band.show for survey in reversed(self.surveys) for band in survey.band}
        return ",".join(shown[band] for band in bands)

    def bands(self, words: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the bands of each data set that words name; without any, all.

        Raises
        ------
        InvalidValue
            For a word that no survey knows, and where a survey is left without bands.
        """
        if not words:
            return {dataset: tuple(survey.bands) for dataset, survey in self._pairs()}
        words = _split(words) if self.several else words
        if not self._know_all(words):
            raise InvalidValue(self.field_rule)
        named = {dataset: _named(words, survey) for dataset, survey in self._pairs()}
        for dataset, survey in self._pairs():
            if not named[dataset]:
                raise InvalidValue(f"names no band of {survey.short}, of which images are asked for too")
        return named

    def bands_of_cell(self, text: str) -> tuple[str, ...]:
        """Return the bands of a cell, of whichever survey. Raises InvalidValue."""
        if not self.several:
            return bands(text, self.surveys[0])
        words = _split([text])
        if not words or not self._know_all(words):
            rules = (f"{cell_rule(survey)} of {survey.short}" for survey in dict.fromkeys(self.surveys))
            raise InvalidValue("; or ".join(rules))
        return tuple(dict.fromkeys(band for each in self.surveys for band in _named(words, each)))

    def _know_all(self, words: Sequence[str]) -> bool:
        """Tell whether each of words is known to a survey; of several surveys nobody needs so many."""
        if self.several and len(words) > _MOST_WORDS:
            return False
        return all(any(_known(word, survey) for survey in self.surveys) for word in words)

    @property
    def field_rule(self) -> str:
        """The rule of a field of bands."""
        if not self.several:
            return field_rule(self.surveys[0])
        surveys = dict.fromkeys(self.surveys)
        words = (f"{band.show} of {survey.short}" for survey in surveys for band in survey.band)
        return f"must be {', '.join(words)}, a list of them, or all"

    def image_id(self, text: str) -> str:
        """Return the identifier of an image set of any of the surveys. Raises InvalidValue."""
        surveys = dict.fromkeys(self.surveys)
        for spelling in (text, *(_with_zeros(survey, text) for survey in surveys)):
            if any(re.fullmatch(_id_pattern(survey), spelling) for survey in surveys):
                return spelling
        forms = (f"an image_id of {survey.short} is written as {survey.set.id}" for survey in surveys)
        raise InvalidValue("; ".join(forms))

    def _pairs(self) -> Iterable[tuple[str, Survey]]:
        return zip(self.datasets, self.surveys, strict=True)


def selection(*datasets: str) -> SurveySelection:
    """Return the selection of these data sets; the first of the default survey where there are none."""
    return SurveySelection(tuple(dict.fromkeys(datasets)) or tuple(default_survey().datasets)[:1])


def _in_all(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    first, *others = lists
    return tuple(each for each in first if all(each in other for other in others))


def _split(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in re.split(r"[\s,;+/]+", text) if word]


def _known(word: str, survey: Survey) -> tuple[str, ...]:
    """Return the bands of a survey that a word names, none where the survey does not know it."""
    try:
        return bands(word, survey)
    except InvalidValue:
        return ()


def _named(words: Iterable[str], survey: Survey) -> tuple[str, ...]:
    return in_order({band for word in words for band in _known(word, survey)}, survey)


def _with_zeros(survey: Survey, text: str) -> str:
    """Return the identifier of a set that one number names, which spreadsheets write without its zeros."""
    fields = survey.set.fields
    if len(fields) > 1 or survey.fields[fields[0]].type != "int" or not re.fullmatch("[0-9]{1,9}", text):
        return text
    return survey.set_id.format({fields[0]: int(text)})


@lru_cache(maxsize=100)
def _id_pattern(survey: Survey) -> str:
    return survey.set_id.pattern({name: field.pattern for name, field in survey.fields.items()})
