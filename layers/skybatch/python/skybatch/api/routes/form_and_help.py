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
from skybatch.pages.survey_choice import held_surveys
from skybatch.surveys.known import refresh
from skybatch.telemetry import logger

routes = RouteTable()
# Parameters of the form's address that are no fields of a request.
EXAMPLE, BATCH = "example", "batch"


@routes.get("/")
def form(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the form.

    ``?example=MODE`` fills one in, ``?batch=ID`` the request of that batch, and the fields of a request
    themselves: ``?center=m83&diameter=0.5``. ``survey`` is one of them.
    """
    default, held = held_surveys()
    page = form_page(
        dependencies.settings,
        values=_values(request, dependencies),
        example=request.query_parameter(EXAMPLE),
        default=default,
        held=held,
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


def _values(request: HttpRequest, dependencies: Dependencies) -> FormValues:
    """Return what the address fills in. Raises NotFound or Expired for a batch that is none, or no longer."""
    if batch_id := request.query_parameter(BATCH):
        return _values_of_batch(dependencies, batch_id)
    given = request.query_parameters
    return from_address({name: values for name, values in given.items() if name not in (EXAMPLE, BATCH)})


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
