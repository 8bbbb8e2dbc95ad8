"""``/sia2/query`` and ``/SIA``, the archive's own address: Simple Image Access 2.0."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.parameters import read_parameters
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.api.table_responses import error_votable_response, table_response
from skybatch.errors import SkybatchError
from skybatch.vo.sia2 import sia2

routes = RouteTable(lambda _, error: error_votable_response(error))


@routes.query("/SIA/?")
@routes.query("/SIA/query")
@routes.query("/sia2/query")
def query(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Search all data sets; an error is a VOTable under the error's HTTP status (DALI 1.1, section 4.2)."""
    try:
        parameters = read_parameters(request)
        datasets = dependencies.available_datasets()
        found = sia2(parameters, datasets, dependencies.current_inventory, request.base_url)
        return table_response(request, dependencies.results, found, dependencies.settings.closed)
    except SkybatchError as error:
        return error_votable_response(error)
