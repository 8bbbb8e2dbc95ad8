"""``/openapi.json``, ``/docs`` and ``/health``: the service about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.openapi.held_surveys import with_held_surveys
from skybatch.api.openapi.published import published_document
from skybatch.api.responses import html_response, json_response
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.batch.journal import read_journal
from skybatch.batch.status import read_status
from skybatch.bundles.place import Place

if TYPE_CHECKING:
    from skybatch.pages.api_examples import BatchExample

routes = RouteTable()
LIMITS = ("max_rows", "max_images", "max_upload_bytes", "max_batch_bytes")


@routes.get("/openapi.json")
def openapi(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the API as an OpenAPI document."""
    return json_response(_document(request, dependencies))


@routes.get("/docs")
def docs(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the API as a page; with ``?batch=ID`` its examples are about that batch."""
    from skybatch.pages.api_reference import api_reference_page

    batch_id = request.query_parameter("batch")
    about = _batch_example(dependencies, batch_id) if batch_id else None
    return html_response(api_reference_page(_document(request, dependencies), about))


def _batch_example(dependencies: Dependencies, batch_id: str) -> BatchExample:
    """Return what examples can name of a batch. Raises NotFound or Expired."""
    from skybatch.pages.api_examples import BatchExample

    store = dependencies.batch(batch_id)
    status = read_status(store, dependencies.clock())
    finished = read_journal(store, None, status.ended).images
    names = [file.name for file in status.files]
    place = finished[0].get("place") if finished else None
    return BatchExample(
        batch_id,
        file=next((name for name in ("rows.csv", *names) if name in names), ""),
        image=finished[0]["file"] if finished else "",
        bundle=Place.from_json(place).bundle if place else "",
    )


@routes.get("/health")
def health(_: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Report that the service answers, and how much one request may hold."""
    settings = dependencies.settings
    limits = {name: getattr(settings, name) for name in LIMITS}
    return json_response({"status": "ok", "limits": limits})


def _document(request: HttpRequest, dependencies: Dependencies) -> dict[str, Any]:
    return with_held_surveys(published_document(dependencies.settings, request.base_url))
