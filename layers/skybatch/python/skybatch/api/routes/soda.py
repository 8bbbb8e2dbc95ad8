"""``/soda/sync``: cutouts by Server-side Operations for Data Access 1.0."""

from __future__ import annotations

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.image_responses import stored_file_response
from skybatch.api.large_responses import content_response
from skybatch.api.parameters import read_parameters
from skybatch.api.responses import error_line_response, no_content_response
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.errors import SkybatchError
from skybatch.surveys.image_id import parse_key
from skybatch.vo import soda
from skybatch.vo.ibe import stored_images
from skybatch.vo.parameters import Parameters


def _error(_: HttpRequest, error: SkybatchError) -> AnyResponse:
    return error_line_response(error, fault=_fault(error))


def _fault(error: SkybatchError) -> str:
    """Return the fault that SODA 1.0, section 5.3, has for an error."""
    if error.retryable:
        return "TransientFault"
    return "UsageFault" if error.status < 500 else "Fault"


routes = RouteTable(_error)


@routes.query("/soda/sync")
def cut_image(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return a cutout, 204 where it would be empty, an error as text (SODA 1.0, section 5)."""
    try:
        parameters = read_parameters(request)
        key = soda.requested_key(parameters)
        if soda.is_whole(parameters):
            return stored_file_response(request, dependencies, key, status=303)
        return _cutout(request, dependencies, key, parameters)
    except SkybatchError as error:
        return _error(request, error)


def _cutout(
    request: HttpRequest, dependencies: Dependencies, key: str, parameters: Parameters
) -> AnyResponse:
    image = parse_key(key)[0]
    inventory = dependencies.current_inventory(image.dataset)
    box = soda.box_to_cut(parameters, image, inventory)
    if box is None:
        return no_content_response()
    body = stored_images.cut_box(dependencies.images_at(key), key, box, inventory)
    name = f"{image.stem}.fits"
    return content_response(
        request, dependencies.results, body, "application/fits", filename=name, compressible=False
    )
