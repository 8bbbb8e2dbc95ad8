"""``/registry/records`` and ``/registry/record/{id}``: what a registry is told of this service."""

from __future__ import annotations

from datetime import UTC, datetime

from skybatch.api.dependencies import Dependencies
from skybatch.api.endpoints import is_closed
from skybatch.api.http_request import HttpRequest
from skybatch.api.large_responses import content_response
from skybatch.api.responses import json_response
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.vo.registry.records import Deployment, record, record_ids

routes = RouteTable()


@routes.get("/registry/records")
def list_records(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """List the records: their ids, IVOA identifiers and addresses."""
    deployment = _deployment(request, dependencies)
    listed = [
        {"id": name, "ivoid": deployment.identifier(name), "url": f"{deployment.root}/registry/record/{name}"}
        for name in record_ids(dependencies.available_datasets())
    ]
    return json_response({"records": listed})


@routes.get("/registry/record/<record_id>")
def resource_record(request: HttpRequest, dependencies: Dependencies, record_id: str) -> AnyResponse:
    """Return one record."""
    datasets = dependencies.available_datasets()
    deployment = _deployment(request, dependencies)
    document = record(record_id, deployment, datasets, dependencies.current_inventory)
    return content_response(request, dependencies.results, document.encode(), "text/xml; charset=utf-8")


def _deployment(request: HttpRequest, dependencies: Dependencies) -> Deployment:
    """Return what is said of this deployment; a record is of today, as the archive it describes is."""
    today = datetime.fromtimestamp(dependencies.clock(), UTC).strftime("%Y-%m-%dT00:00:00Z")
    closed = dependencies.settings.closed
    return Deployment(request.base_url, today, lambda path: is_closed(path, closed))
