"""``/ibe/search``: the archive's own search of image metadata, and the pages that list its tables."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.endpoints import is_closed
from skybatch.api.http_request import HttpRequest
from skybatch.api.large_responses import content_response
from skybatch.api.parameters import read_parameters_and_table
from skybatch.api.responses import error_line_response
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.api.table_responses import table_response
from skybatch.errors import NotFound, SkybatchError
from skybatch.surveys.known import DEFAULT_DATASET, mission_named, survey_of
from skybatch.tables.schemas.search import INPUT_POSITION, native_search
from skybatch.vo.ibe import directory_pages
from skybatch.vo.ibe.docs_page import docs_page
from skybatch.vo.ibe.search import search
from skybatch.vo.ibe.several_positions import uploaded_positions
from skybatch.vo.responses import dataset_of

routes = RouteTable(lambda _, error: error_line_response(error))


@routes.get("/ibe/search/?")
def missions(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """List the missions."""
    held = dependencies.available_datasets()
    return _page(
        request, dependencies, directory_pages.missions_page(request.base_url, held or (DEFAULT_DATASET,))
    )


@routes.get("/ibe/search/<mission>/?")
def datasets(request: HttpRequest, dependencies: Dependencies, mission: str) -> AnyResponse:
    """List the data sets of a mission."""
    name = mission_named(mission.lower())
    if name is None:
        raise NotFound(f"There is no mission {mission}.")
    html = directory_pages.datasets_page(request.base_url, dependencies.available_datasets(), name)
    return _page(request, dependencies, html)


@routes.get("/ibe/search/<mission>/<folder>/?")
def tables(request: HttpRequest, dependencies: Dependencies, mission: str, folder: str) -> AnyResponse:
    """List the tables of a data set."""
    name = mission_named(mission.lower())
    datasets = [(survey_of(each), each) for each in dependencies.available_datasets()]
    held = [survey.datasets[each] for survey, each in datasets if survey.mission.name == name]
    rows = [(each.table, f"{each.title}: image metadata") for each in held if each.folder == folder.lower()]
    if name is None or not rows:
        raise NotFound(f"There is no data set {mission}/{folder}.")
    html = directory_pages.tables_page(request.base_url, folder.lower(), rows, name)
    return _page(request, dependencies, html)


@routes.query("/ibe/search/<mission>/<folder>/<table>")
def search_table(
    request: HttpRequest, dependencies: Dependencies, mission: str, folder: str, table: str
) -> AnyResponse:
    """Search one table; an error is one line of text."""
    dataset, settings = dataset_of(mission, folder, table), dependencies.settings
    try:
        parameters, upload = read_parameters_and_table(request, settings.max_upload_bytes)
        positions = [] if upload is None else uploaded_positions(upload, settings)
        inventory = dependencies.current_inventory(dataset)
        found = search(parameters, inventory, positions, request.base_url)
        return table_response(request, dependencies.results, found, settings.closed)
    except SkybatchError as error:
        return error_line_response(error)


@routes.get("/ibe/docs/<mission>/<folder>/<table>/?")
def table_docs(
    request: HttpRequest, dependencies: Dependencies, mission: str, folder: str, table: str
) -> AnyResponse:
    """Describe one table."""
    dataset = dataset_of(mission, folder, table)
    survey = survey_of(dataset)
    columns = (*INPUT_POSITION, *native_search(survey))
    closed = dependencies.settings.closed
    html = docs_page(request.base_url, survey, dataset, columns, lambda path: is_closed(path, closed))
    return _page(request, dependencies, html)


def _page(request: HttpRequest, dependencies: Dependencies, html: str) -> AnyResponse:
    return content_response(request, dependencies.results, html.encode(), "text/html; charset=utf-8")
