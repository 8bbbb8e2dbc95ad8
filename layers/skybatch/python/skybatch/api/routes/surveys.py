"""``/surveys``: what the archive holds, and what may be asked of it."""

from __future__ import annotations

from dataclasses import asdict

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import json_response
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.api.survey_models import BandFacts, HeldSurvey, SurveyList
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import survey_of

routes = RouteTable()


@routes.get("/surveys")
def surveys(_: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """List the surveys whose images can be asked for, each data set as a survey of its own."""
    held = dependencies.available_datasets()
    return json_response(asdict(SurveyList(tuple(held_survey(survey_of(name), name) for name in held))))


def held_survey(survey: Survey, dataset: str) -> HeldSurvey:
    """Return what a client needs to ask for images of one data set."""
    rules, (least, most) = survey.requests, survey.requests.diameter
    return HeldSurvey(
        id=survey.survey_id(dataset),
        dataset=dataset,
        title=survey.dataset_title(dataset),
        mission=survey.mission.name,
        path=survey.datasets[dataset].path,
        bands=tuple(
            BandFacts(band.id, band.label, band.reference, band.lower, band.upper) for band in survey.band
        ),
        modes=tuple(rules.modes),
        relations=tuple(rules.relations),
        image_types=tuple(rules.image_types),
        default_form=rules.default_form,
        min_diameter=least,
        max_diameter=most,
        image_id=survey.set.id,
        instrument=survey.instrument,
        caution=dict(rules.caution),
        acknowledgement=survey.acknowledgement,
        references=tuple(survey.references),
        doi=survey.doi,
        rights=survey.rights,
    )
