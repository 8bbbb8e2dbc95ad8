"""``/ibe/sia``: Simple Image Access 1.0 on one table."""

from __future__ import annotations

from collections.abc import Callable

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.parameters import query_parameters, read_parameters
from skybatch.api.responses import error_line_response
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.api.table_responses import error_votable_response, table_response
from skybatch.errors import Closed, SkybatchError
from skybatch.vo.parameters import Parameters
from skybatch.vo.responses import TableResponse, dataset_of, response_format
from skybatch.vo.sia1 import sia1


def query_error_response(request: HttpRequest, error: SkybatchError) -> AnyResponse:
    """Return an error in the form that the query string asks for."""
    return sia1_error_response(error, Parameters.of(query_parameters(request)))


routes = RouteTable(query_error_response)


@routes.query("/ibe/sia/<mission>/<folder>/<table>")
def search_images(
    request: HttpRequest, dependencies: Dependencies, mission: str, folder: str, table: str
) -> AnyResponse:
    """Search one table."""
    dataset = dataset_of(mission, folder, table)

    def search(parameters: Parameters) -> TableResponse:
        return sia1(parameters, dependencies.current_inventory(dataset), request.base_url)

    return sia1_response(request, dependencies, search)


def sia1_response(
    request: HttpRequest, dependencies: Dependencies, search: Callable[[Parameters], TableResponse]
) -> AnyResponse:
    """Answer a query as SIA 1.0 clients expect.

    An error is a VOTable with status 200 (SIA 1.0, section 4.2.1), or one line of text where a plain
    format was asked for; what no other query would change keeps its HTTP status.
    """
    parameters = Parameters(())
    try:
        parameters = read_parameters(request)
        return table_response(request, dependencies.results, search(parameters), dependencies.settings.closed)
    except SkybatchError as error:
        return sia1_error_response(error, parameters)


def sia1_error_response(error: SkybatchError, parameters: Parameters) -> AnyResponse:
    """Return an error in the form that the parameters ask for."""
    kept = error.status if error.status >= 500 or error.retryable or isinstance(error, Closed) else None
    if _wants_votable(parameters):
        return error_votable_response(error, kept or 200)
    return error_line_response(error, kept or 400)


def _wants_votable(parameters: Parameters) -> bool:
    try:
        return response_format(parameters, "RESPONSEFORMAT", "votable").format == "xml"
    except SkybatchError:
        return True
