"""What came of each of several surveys, and how those that delivered images are acknowledged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skybatch.presentation.formatting import count, join_words, size
from skybatch.presentation.outcomes import OUTCOMES
from skybatch.status import BatchStatus, SurveyCounts
from skybatch.surveys.catalogue import DEFAULT_SURVEY
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import dataset_if_known, survey_if_known

DOI = "https://doi.org/"


@dataclass(frozen=True)
class SurveyLine:
    """What came of one survey: its title, its images with their bytes, and its rows by outcome, in words."""

    survey_id: str
    title: str
    images: str
    rows: str


@dataclass(frozen=True)
class Acknowledgement:
    """What a publication says of a survey; ``doi`` is an address or empty."""

    survey: str
    text: str
    doi: str


def survey_lines(status: BatchStatus) -> list[SurveyLine]:
    """List what came of each of several surveys; nothing of a batch of one."""
    return [
        SurveyLine(survey_id, survey_title(survey_id), _images(counts), _rows(counts))
        for survey_id, counts in (status.surveys or {}).items()
    ]


def survey_title(survey_id: str) -> str:
    """Return the title of a survey, by its id; the id where the archive cannot tell of it."""
    dataset = dataset_if_known(survey_id)
    survey = survey_if_known(dataset) if dataset else None
    return survey.dataset_title(dataset) if survey else survey_id


def short_titles(survey_ids: Sequence[str]) -> str:
    """Return the short names of surveys as a list in words, each once."""
    surveys = [survey_if_known(dataset_if_known(each) or each) for each in survey_ids]
    names = (survey.short if survey else each for survey, each in zip(surveys, survey_ids, strict=True))
    return join_words(list(dict.fromkeys(names)))


def acknowledgements(status: BatchStatus) -> list[Acknowledgement]:
    """Return those of the surveys that delivered images; of 2MASS alone the README has it."""
    return [
        Acknowledgement(survey.short, survey.acknowledgement, _doi(survey))
        for survey in dict.fromkeys(_delivering(status))
        if survey.acknowledgement or survey.doi
    ]


def _delivering(status: BatchStatus) -> Iterator[Survey]:
    if status.surveys is None:
        survey = survey_if_known(status.request.dataset) if status.request else None
        if survey is not None and survey.id != DEFAULT_SURVEY and status.images.retrieved:
            yield survey
        return
    for survey_id, counts in status.surveys.items():
        survey = survey_if_known(dataset_if_known(survey_id) or survey_id)
        if survey is not None and counts.images.retrieved:
            yield survey


def _doi(survey: Survey) -> str:
    return DOI + survey.doi.removeprefix(DOI) if survey.doi else ""


def _images(counts: SurveyCounts) -> str:
    parts = [f"{count(counts.images.retrieved, 'image')} ({size(counts.bytes)})"]
    others = (
        (counts.images.over_limit, "beyond the limit"),
        (counts.images.failed, "failed"),
        (counts.images.cancelled, "cancelled"),
    )
    return ", ".join([*parts, *(f"{number:,} {what}" for number, what in others if number)])


def _rows(counts: SurveyCounts) -> str:
    by_outcome = counts.rows.by_outcome()
    told = ((by_outcome[code], title.lower()) for code, (title, _) in OUTCOMES.items())
    return ", ".join(f"{number:,} {title}" for number, title in told if number)
