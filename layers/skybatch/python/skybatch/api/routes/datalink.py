"""``/datalink/links``: what belongs to an image, by DataLink 1.1."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.endpoints import is_closed
from skybatch.api.http_request import HttpRequest
from skybatch.api.parameters import read_parameters
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.api.table_responses import error_votable_response, table_response
from skybatch.errors import SkybatchError
from skybatch.vo.datalink import fault, links


def _error(_: HttpRequest, error: SkybatchError) -> AnyResponse:
    return error_votable_response(error, fault=fault(error))


routes = RouteTable(_error)


@routes.query("/datalink/links")
def image_links(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the links of the images whose ids are given."""
    closed = dependencies.settings.closed
    cutouts = not is_closed("/soda/sync", closed)
    try:
        found = links(
            read_parameters(request), dependencies.current_inventory, request.base_url, cutouts=cutouts
        )
    except SkybatchError as error:
        return _error(request, error)
    return table_response(request, dependencies.results, found, closed)
