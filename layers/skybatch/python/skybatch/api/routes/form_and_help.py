"""``/`` and ``/help``: the form and the help pages."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import html_response, redirect
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.errors import SkybatchError
from skybatch.pages.form import form_page
from skybatch.pages.help import help_page
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import (
    dataset_named,
    default_dataset,
    default_survey,
    held_datasets,
    refresh,
    survey_of,
)
from skybatch.telemetry import logger

routes = RouteTable()


@routes.get("/")
def form(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the form; ``?example=MODE`` fills one in, ``?survey=ID`` is that of another survey."""
    survey, others = _surveys(request.query_parameter("survey") or "")
    page = form_page(
        dependencies.settings, example=request.query_parameter("example"), survey=survey, others=others
    )
    return html_response(page)


@routes.get("/help")
def help_without_slash(request: HttpRequest, _: Dependencies) -> AnyResponse:
    """Redirect to the help's folder: its links are relative, so that they work below any public address."""
    return redirect(f"{request.base_url}/help/")


@routes.get("/help/")
def help_contents(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the contents of the help."""
    _learn()
    return html_response(help_page("", dependencies.settings, request.base_url))


@routes.get("/help/<topic>")
def help_topic(request: HttpRequest, dependencies: Dependencies, topic: str) -> AnyResponse:
    """Return one topic of the help."""
    _learn()
    return html_response(help_page(topic, dependencies.settings, request.base_url))


def _learn() -> None:
    """Learn which surveys are held; the help is that of the packaged one where the archive cannot say."""
    try:
        refresh()
    except SkybatchError as error:
        logger.warning("no surveys: %s", error.detail)


def _surveys(asked: str) -> tuple[Survey, list[tuple[str, str]]]:
    """Return the survey that the form is for, and id and title of the others that are held."""
    try:
        survey = survey_of(dataset_named(asked.lower()) or default_dataset())
        held = held_datasets()
    except SkybatchError as error:
        # The form is still that of the packaged survey where the archive cannot say what it holds.
        logger.warning("no surveys: %s", error.detail)
        survey, held = default_survey(), ()
    titles = [(survey_of(name).survey_id(name), survey_of(name).dataset_title(name)) for name in held]
    own = {survey.survey_id(name) for name in survey.datasets}
    return survey, [(identifier, title) for identifier, title in titles if identifier not in own]
