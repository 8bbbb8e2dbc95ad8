"""``/{service}/availability`` and ``/{service}/capabilities``: VO Support Interfaces 1.1."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.endpoints import is_closed
from skybatch.api.http_request import HttpRequest
from skybatch.api.large_responses import content_response
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.vo import vosi
from skybatch.vo.service_descriptors import DATALINK, SODA

routes = RouteTable()
SIA1 = "ivo://ivoa.net/std/SIA"
SIA2 = "ivo://ivoa.net/std/SIA#query-2.0"


@routes.get("/<service>/availability")
def availability(request: HttpRequest, dependencies: Dependencies, service: str) -> AnyResponse:
    """Report whether the services are up: all at once, for they depend on the same inventories."""
    reason = "" if dependencies.available_datasets() else "The archive has no inventory that can be read."
    return _xml_response(request, dependencies, vosi.availability(reason))


@routes.get("/<service>/capabilities")
def capabilities(request: HttpRequest, dependencies: Dependencies, service: str) -> AnyResponse:
    """Return the capabilities of the services below one path."""
    root, datasets = request.base_url, dependencies.available_datasets()
    services = {
        "sia2": ((SIA2, f"{root}/sia2/query"),),
        "soda": ((SODA, f"{root}/soda/sync"),),
        "datalink": ((DATALINK, f"{root}/datalink/links"),),
        "ibe": tuple((SIA1, f"{root}/ibe/sia/twomass/{DATASETS[name].path}") for name in datasets),
    }
    offered = tuple(each for each in services.get(service, ()) if _is_offered(each[1], root, dependencies))
    document = vosi.capabilities(f"{root}/{service}", offered)
    return _xml_response(request, dependencies, document)


def _is_offered(url: str, root: str, dependencies: Dependencies) -> bool:
    return not is_closed(url.removeprefix(root), dependencies.settings.closed)


def _xml_response(request: HttpRequest, dependencies: Dependencies, document: str) -> AnyResponse:
    return content_response(request, dependencies.results, document.encode(), "text/xml; charset=utf-8")
