"""``/surveys``: what the archive holds, what may be asked of it, and what it covers of the sky."""

from __future__ import annotations

from dataclasses import asdict

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import html_response, json_response, redirect
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.api.survey_models import BandFacts, HeldSurvey, SurveyList
from skybatch.errors import NotFound
from skybatch.inventory.coverage.coverage_files import COVERAGE_TYPES, coverage_path
from skybatch.storage import links
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import dataset_named, survey_of

routes = RouteTable()


@routes.get("/surveys")
def surveys(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """List the surveys whose images can be asked for, each data set as one of its own; or a page."""
    held = [held_survey(name, dependencies, request.base_url) for name in dependencies.available_datasets()]
    if not request.accepts_html:
        return json_response(asdict(SurveyList(tuple(held))))
    # Here, because the templates' engine is of no use to programs, who ask most often.
    from skybatch.pages.surveys import surveys_page

    sizes = {each.dataset: dependencies.current_inventory(each.dataset).size for each in held}
    return html_response(surveys_page([asdict(each) for each in held], sizes))


@routes.get("/surveys/<name>/<file>")
def coverage(request: HttpRequest, dependencies: Dependencies, name: str, file: str) -> AnyResponse:
    """Redirect to the coverage map of a survey, in one of its forms."""
    dataset, form = dataset_named(name.lower()), file.removeprefix("coverage.")
    if dataset is None or file != f"coverage.{form}" or form not in COVERAGE_TYPES:
        raise NotFound(f"There is no {file} of a survey {name}.")
    inventory = dependencies.current_inventory(dataset)
    if inventory.sky_fraction is None:
        raise NotFound(f"The inventory of {name} has no coverage map; it has one when it is indexed again.")
    path = coverage_path(dataset, inventory.version, form)
    shown = "" if form == "svg" else f"{name.lower()}-{file}"
    url = links.presigned_url(
        dependencies.archive, path, request.link_method, filename=shown, media_type=COVERAGE_TYPES[form]
    )
    return redirect(url)


def held_survey(dataset: str, dependencies: Dependencies, root: str) -> HeldSurvey:
    """Return what a client needs to ask for images of one data set."""
    survey, fraction = survey_of(dataset), dependencies.current_inventory(dataset).sky_fraction
    rules, (least, most) = survey.requests, survey.requests.diameter
    return HeldSurvey(
        id=survey.survey_id(dataset),
        dataset=dataset,
        title=survey.dataset_title(dataset),
        mission=survey.mission.name,
        path=survey.datasets[dataset].path,
        bands=_bands(survey),
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
        coverage={} if fraction is None else _coverage(f"{root}/surveys/{survey.survey_id(dataset)}"),
        sky_fraction=fraction,
    )


def _bands(survey: Survey) -> tuple[BandFacts, ...]:
    return tuple(
        BandFacts(band.id, band.label, band.reference, band.lower, band.upper) for band in survey.band
    )


def _coverage(folder: str) -> dict[str, str]:
    return {form: f"{folder}/coverage.{form}" for form in COVERAGE_TYPES}
