"""``/ibe/data``: stored images, cutouts of them, and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.image_responses import fits_response, stored_file_response
from skybatch.api.large_responses import content_response
from skybatch.api.parameters import read_parameters
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.surveys.addresses import key_of_address
from skybatch.surveys.image_id import parse_file_key
from skybatch.surveys.known import dataset_at
from skybatch.vo.ibe import directory_pages, stored_images
from skybatch.vo.ibe.cutout import cutout, gzipped

if TYPE_CHECKING:
    from obstore.store import ObjectStore

routes = RouteTable()
PREFIX = "/ibe/data"


@routes.get(f"{PREFIX}(?:/.*)?")
def stored_image(request: HttpRequest, dependencies: Dependencies) -> AnyResponse:
    """Return a stored image by its archive path, a cutout of it, or the page of a folder."""
    # API Gateway decodes every escape of a path but this.
    path = request.path.removeprefix(PREFIX).removeprefix("/").replace("%25", "%")
    path = stored_images.archive_path(path)
    if directory_pages.is_folder(path):
        html = directory_pages.folder_page(_objects_of(dependencies, path), path, request.base_url)
        return content_response(request, dependencies.results, html.encode(), "text/html; charset=utf-8")
    return _image(request, dependencies, key_of_address(path))


def _objects_of(dependencies: Dependencies, folder: str) -> ObjectStore:
    """Return the store that holds a folder; the images of some surveys lie in buckets of their own."""
    dataset = dataset_at(*(*folder.rstrip("/").split("/"), "", "", "")[:3])
    return dependencies.archive if dataset is None else dependencies.images_of(dataset)


def _image(request: HttpRequest, dependencies: Dependencies, key: str) -> AnyResponse:
    parameters = read_parameters(request)
    box, compressed = cutout(parameters), gzipped(parameters)
    archive, dataset = dependencies.images_at(key), parse_file_key(key).image.dataset
    if box is not None:
        inventory = dependencies.current_inventory(dataset)
        plain = stored_images.cut(archive, key, box, inventory)
    elif compressed:
        return stored_file_response(request, dependencies, key)
    else:
        inventory_or_none = dependencies.readable_inventory(dataset)
        plain = stored_images.plain_image(archive, key, inventory_or_none)
    return fits_response(request, dependencies, plain, key, compressed=compressed)
