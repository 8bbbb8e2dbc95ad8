"""``/batches/{id}/views/{file}``: the large view of an image, as a page."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import html_response
from skybatch.api.routes.pictures.previews import read_look
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.batch.delivery.image_headers import read_image_header
from skybatch.batch.plan import Task
from skybatch.batch.results.target_choice import TargetChoice
from skybatch.batch.results.targets import Target, load_finished_targets
from skybatch.batch.status import read_status
from skybatch.batch.store import SAFE_NAME, BatchStore
from skybatch.errors import NotFound
from skybatch.fits.header import Header
from skybatch.pages.view import view_page
from skybatch.status import BatchStatus

routes = RouteTable()


@routes.get("/batches/<batch_id>/views/<file>")
def view(request: HttpRequest, dependencies: Dependencies, batch_id: str, file: str) -> AnyResponse:
    """Return the page of an image: large, with scale and directions, and the way to the others."""
    store = dependencies.batch(batch_id)
    status, look = read_status(store, dependencies.clock()), read_look(request)
    if not SAFE_NAME.fullmatch(file):
        raise NotFound("This batch has no such image.")
    choice = TargetChoice.read(request.query_parameter)
    targets = _targets(dependencies, store, status)

    def read_header(task: Task) -> Header | None:
        return read_image_header(store, dependencies.places, task)

    return html_response(view_page(status, targets, file, choice, look, read_header))


def _targets(dependencies: Dependencies, store: BatchStore, status: BatchStatus) -> tuple[Target, ...]:
    return dependencies.targets.of(store) if status.ended else load_finished_targets(store)
