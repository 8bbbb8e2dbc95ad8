"""``/cgi-bin/2MASS/IM``: the archive's image inventory, the page of one image, and the image."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.image_responses import fits_response, gzipped_file_response
from skybatch.api.large_responses import content_response
from skybatch.api.parameters import read_parameters
from skybatch.api.responses import html_response
from skybatch.api.routes.sia1 import query_error_response, sia1_response
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.errors import MalformedRequest, Transient
from skybatch.sky.position import SkyPosition
from skybatch.surveys.image_id import parse_key
from skybatch.surveys.image_type import ImageType
from skybatch.vo.ibe import stored_images
from skybatch.vo.ibe.image_page import properties, requested_image
from skybatch.vo.ibe.inventory_sia import inventory_sia
from skybatch.vo.links import fits_url
from skybatch.vo.parameters import Parameters
from skybatch.vo.responses import TableResponse
from skybatch.vo.search_images import QUICKLOOK, FoundImages

if TYPE_CHECKING:
    from skybatch.names.model import NameResult
    from skybatch.surveys.image_id import ScanImageId

routes = RouteTable()
NAME_RESOLUTION_SECONDS = 15.0  # API Gateway waits 30


@routes.query("/cgi-bin/2MASS/IM/nph-im_sia", query_error_response)
def search_inventory(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Search the image inventory by Simple Image Access."""

    def search(parameters: Parameters) -> TableResponse:
        inventory = dependencies.current_inventory(stored_images.requested_dataset(parameters))
        return inventory_sia(
            parameters, inventory, request.base_url, lambda name: resolve_name(dependencies, name)
        )

    return sia1_response(request, dependencies, search)


@routes.get("/cgi-bin/2MASS/IM/nph-im_key")
def image_page(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return the page of one image, or with ``preview`` the preview on it."""
    parameters = read_parameters(request)
    inventory = dependencies.current_inventory(stored_images.requested_dataset(parameters))
    found = requested_image(parameters, inventory)
    if parameters.named("preview"):
        from skybatch.imaging.preview import grey_preview

        images = dependencies.images_of(inventory.dataset)
        body = grey_preview(stored_images.plain_image(images, found.key(0), inventory))
        return content_response(request, dependencies.results, body, "image/png", compressible=False)
    return html_response(_page(request, found))


@routes.get("/cgi-bin/2MASS/IM/nph-im")
def image_by_parameters(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return a stored image, not a redirect, which not every program follows; a Quicklook restored.

    No reader of FITS opens a Quicklook as it is stored.
    """
    parameters = read_parameters(request)
    images = dependencies.images_of(stored_images.requested_dataset(parameters))
    key = stored_images.key_of_image(parameters, images)
    if parse_key(key)[1] is ImageType.ATLAS:
        return gzipped_file_response(request, dependencies, key)
    inventory = dependencies.readable_inventory(parse_key(key)[0].dataset)
    plain = stored_images.plain_image(images, key, inventory)
    return fits_response(request, dependencies, plain, key, compressed=True)


def resolve_name(dependencies: Dependencies, name: str) -> SkyPosition:
    """Return the position of an object, by the name services within a bounded time.

    Raises
    ------
    MalformedRequest
        None of the services knows it.
    Transient
        A service that might know it did not answer.
    """
    from skybatch.names.model import LookupStatus

    deadline = time.monotonic() + NAME_RESOLUTION_SECONDS
    found = dependencies.name_resolver().resolve([name], deadline).results.get(name)
    if found is not None and found.position is not None:
        return found.position
    if found is not None and found.status is LookupStatus.UNKNOWN:
        raise MalformedRequest(f"The object {name!r} is not known: {found.explanation()}")
    raise Transient(_no_answer(name, found))


def _no_answer(name: str, found: NameResult | None) -> str:
    reason = found.explanation() if found is not None else "no answer in time"
    return f"The name services could not tell where {name!r} is: {reason}"


def _page(request: HttpRequest, found: FoundImages) -> str:
    from skybatch.pages.image import image_page

    image = cast("ScanImageId", found.image_id(0))  # coadd keys are of image sets of scans
    return image_page(
        f"{image.band.upper()} band, {image.date} {image.hem}, scan {image.scan}, image {image.image}",
        properties(found),
        preview=f"?{request.raw_query}&preview=png",
        download=fits_url(request.base_url, found, 0),
        quicklook=found.kind[0] == QUICKLOOK,
    )
