"""``availability`` and ``capabilities`` of every VO service: VO Support Interfaces 1.1.

They lie below the path of a family of services (``/sia2``), and below the address of each SIA 1.0 service,
where its clients look for them.
"""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.endpoints import is_closed
from skybatch.api.http_request import HttpRequest
from skybatch.api.large_responses import content_response
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.errors import NotFound
from skybatch.vo import vosi
from skybatch.vo.links import sia1_path
from skybatch.vo.responses import dataset_of
from skybatch.vo.service_descriptors import DATALINK, SIA1, SIA2, SODA

routes = RouteTable()
# Path of a family of services -> the standard and the path of each.
SERVICES = {
    "SIA": ((SIA2, "/SIA"),),
    "sia2": ((SIA2, "/sia2/query"),),
    "soda": ((SODA, "/soda/sync"),),
    "datalink": ((DATALINK, "/datalink/links"),),
}
IBE, TABLE = "ibe", "/ibe/sia/<mission>/<folder>/<table>"
INVENTORY_FOLDER, INVENTORY = "/cgi-bin/2MASS/IM", "/cgi-bin/2MASS/IM/nph-im_sia"


@routes.get("/<service>/availability")
def availability(request: HttpRequest, dependencies: Dependencies, service: str) -> AnyResponse:
    """Report whether a family of services is up."""
    _check_known(service)
    return _available(request, dependencies)


@routes.get("/<service>/capabilities")
def capabilities(request: HttpRequest, dependencies: Dependencies, service: str) -> AnyResponse:
    """Return the capabilities of the services below one path."""
    _check_known(service)
    if service == IBE:
        listed = tuple((SIA1, sia1_path(name)) for name in dependencies.available_datasets())
        return _capabilities(request, dependencies, f"/{IBE}", listed)
    return _capabilities(request, dependencies, f"/{service}", SERVICES[service])


@routes.get(f"{TABLE}/availability")
def table_availability(
    request: HttpRequest, dependencies: Dependencies, mission: str, folder: str, table: str
) -> AnyResponse:
    """Report whether the SIA 1.0 service on one table is up."""
    dataset_of(mission, folder, table)
    return _available(request, dependencies)


@routes.get(f"{TABLE}/capabilities")
def table_capabilities(
    request: HttpRequest, dependencies: Dependencies, mission: str, folder: str, table: str
) -> AnyResponse:
    """Return the capabilities of the SIA 1.0 service on one table."""
    base = sia1_path(dataset_of(mission, folder, table))
    return _capabilities(request, dependencies, base, ((SIA1, base),))


@routes.get(f"{INVENTORY_FOLDER}/availability")
@routes.get(f"{INVENTORY}/availability")
def inventory_availability(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Report whether the image inventory is up."""
    return _available(request, dependencies)


@routes.get(f"{INVENTORY_FOLDER}/capabilities")
@routes.get(f"{INVENTORY}/capabilities")
def inventory_capabilities(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the capabilities of the image inventory."""
    return _capabilities(request, dependencies, INVENTORY_FOLDER, ((SIA1, INVENTORY),))


def _check_known(service: str) -> None:
    if service not in SERVICES and service != IBE:
        raise NotFound(f"There is no service /{service}.")


def _available(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Report whether the services are up: all at once, for they depend on the same inventories."""
    reason = "" if dependencies.available_datasets() else "The archive has no inventory that can be read."
    return _xml_response(request, dependencies, vosi.availability(reason))


def _capabilities(
    request: HttpRequest, dependencies: Dependencies, base: str, listed: tuple[tuple[str, str], ...]
) -> AnyResponse:
    root, closed = request.base_url, dependencies.settings.closed
    offered = tuple((standard, root + path) for standard, path in listed if not is_closed(path, closed))
    return _xml_response(request, dependencies, vosi.capabilities(root + base, offered))


def _xml_response(request: HttpRequest, dependencies: Dependencies, document: str) -> AnyResponse:
    return content_response(request, dependencies.results, document.encode(), "text/xml; charset=utf-8")
