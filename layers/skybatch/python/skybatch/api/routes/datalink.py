"""``/datalink/links``: what belongs to an image, by DataLink 1.1."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.large_responses import content_response
from skybatch.api.parameters import read_parameters
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.api.table_responses import error_votable_response, offered
from skybatch.errors import SkybatchError
from skybatch.tables.writers import formats
from skybatch.vo.datalink import links

routes = RouteTable(lambda _, error: error_votable_response(error))
LINKS_TYPE = "application/x-votable+xml;content=datalink"


@routes.query("/datalink/links")
def image_links(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the links of the images whose ids are given."""
    try:
        table = links(read_parameters(request), dependencies.current_inventory, request.base_url)
    except SkybatchError as error:
        return error_votable_response(error)
    return content_response(
        request,
        dependencies.results,
        formats.write(offered(table, request.base_url, dependencies.settings.closed), "xml"),
        LINKS_TYPE,
    )
