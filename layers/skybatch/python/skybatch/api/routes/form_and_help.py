"""``/`` and ``/help``: the form and the help pages."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import html_response, redirect
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.batch import keys
from skybatch.batch.record import load_record, load_request
from skybatch.batch.results.companion_files import request_body
from skybatch.errors import SkybatchError
from skybatch.pages.form import form_page
from skybatch.pages.form_values import FormValues, from_address, from_request
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
# Parameters of the form's address that are no fields of a request.
EXAMPLE, BATCH, SURVEY = "example", "batch", "survey"


@routes.get("/")
def form(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the form.

    ``?example=MODE`` fills one in, ``?batch=ID`` the request of that batch, and the fields of a request
    themselves: ``?center=m83&diameter=0.5``. ``?survey=ID`` is the form of another survey.
    """
    survey, others = _surveys(request.query_parameter(SURVEY) or "")
    page = form_page(
        dependencies.settings,
        values=_values(request, dependencies, survey),
        example=request.query_parameter(EXAMPLE),
        survey=survey,
        others=others,
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


def _values(request: HttpRequest, dependencies: Dependencies, survey: Survey) -> FormValues:
    """Return what the address fills in. Raises NotFound or Expired for a batch that is none, or no longer."""
    if batch_id := request.query_parameter(BATCH):
        return _values_of_batch(dependencies, batch_id)
    given = request.query_parameters
    fields = {name: values for name, values in given.items() if name not in (EXAMPLE, BATCH, SURVEY)}
    asked = (request.query_parameter(SURVEY) or "").lower()
    named = [name for name in survey.datasets if asked in (name, survey.survey_id(name))]
    return from_address({"dataset": named, **fields} if named else fields)


def _values_of_batch(dependencies: Dependencies, batch_id: str) -> FormValues:
    store = dependencies.batch(batch_id)
    record = load_record(store, dependencies.clock())
    upload = store.read(keys.result(record.upload)) if record.upload else None
    body = request_body(load_request(store), upload)
    url = record.file_url(record.upload) if record.upload else ""
    return from_request(body, upload, record.upload, url)


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
