"""``/batches/{id}``: its status, its page, its images as they finish, its files."""

from __future__ import annotations

from typing import Any

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.metering import charge
from skybatch.api.models import FinishedImage, ImagePage
from skybatch.api.responses import (
    head_response,
    html_response,
    json_response,
    redirect,
)
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.batch import keys
from skybatch.batch.delivery import previews
from skybatch.batch.delivery.single_images import cut_image, media_type
from skybatch.batch.journal import read_journal, read_latest
from skybatch.batch.record import BatchRecord, has_names, load_record
from skybatch.batch.results.target_choice import TargetChoice
from skybatch.batch.status import read_status
from skybatch.batch.store import SAFE_NAME, BatchStore
from skybatch.bundles.place import Place
from skybatch.callers.usage import Usage
from skybatch.errors import NotFound
from skybatch.pages.batch import TILES_SHOWN, results_page, running_page
from skybatch.storage.links import presigned_url

routes = RouteTable()
NO_FILE = "This batch has no such file."
# Folder of a public address -> folder of the batch in the bucket; nothing else can be downloaded.
DOWNLOADS = {"files": keys.RESULTS, "bundles": keys.BUNDLES}


@routes.get("/batches/<batch_id>")
def batch_status(_: HttpRequest, dependencies: Dependencies, batch_id: str) -> AnyResponse:
    """Return the status of a batch."""
    return json_response(read_status(dependencies.batch(batch_id), dependencies.clock()).to_json())


@routes.get("/batches/<batch_id>/images")
def list_images(request: HttpRequest, dependencies: Dependencies, batch_id: str) -> AnyResponse:
    """List the images finished so far, in the order they finished, a page at a time."""
    store = dependencies.batch(batch_id)
    record = load_record(store, dependencies.clock())
    ended = store.exists(keys.STATUS)  # asked before the journal is read, so its end is the end
    found = read_journal(store, request.query_parameter("after"), ended)
    return json_response(ImagePage(_finished_images(record, found.images), found.next_cursor).to_json())


@routes.get("/batches/<batch_id>/results")
def results(request: HttpRequest, dependencies: Dependencies, batch_id: str) -> AnyResponse:
    """Return the page of a batch: progress while it runs, the results after."""
    store = dependencies.batch(batch_id)
    status = read_status(store, dependencies.clock())
    if status.ended:
        choice = TargetChoice.read(request.query_parameter)
        return html_response(results_page(status, dependencies.targets.of(store), choice))
    latest = read_latest(store, TILES_SHOWN)
    names = has_names(store)
    return html_response(running_page(status, latest.images, after=latest.next_cursor, has_names=names))


@routes.get("/batches/<batch_id>/images/<file>")
def download_image(request: HttpRequest, dependencies: Dependencies, batch_id: str, file: str) -> AnyResponse:
    """Redirect to one image, which is cut out of its bundle now unless it was within the last hours.

    HEAD is answered without cutting.
    """
    store, now = dependencies.batch(batch_id), dependencies.clock()
    load_record(store, now)
    if not SAFE_NAME.fullmatch(file):
        raise NotFound(NO_FILE)
    place = dependencies.places.find(store, file)
    if place is None:  # of a version that kept each image by itself, if at all
        return _download(request, dependencies, store, keys.image(file))
    if request.method == "HEAD":
        return head_response(place.length, media_type(file), f'"{place.md5}"')
    dependencies.batch_links.check(batch_id, now)
    key = cut_image(store, place, file, now, dependencies.copy_range)
    return _redirect(dependencies, store, key, media_type(file))


@routes.get("/batches/<batch_id>/<folder>/<name>")
def download(
    request: HttpRequest, dependencies: Dependencies, batch_id: str, folder: str, name: str
) -> AnyResponse:
    """Redirect to a file or a bundle of a batch, by a URL presigned now; answer HEAD with its facts."""
    store = dependencies.batch(batch_id)
    load_record(store, dependencies.clock())
    if folder not in DOWNLOADS or not SAFE_NAME.fullmatch(name):
        raise NotFound(NO_FILE)
    return _download(request, dependencies, store, f"{DOWNLOADS[folder]}/{name}")


def _download(request: HttpRequest, dependencies: Dependencies, store: BatchStore, name: str) -> AnyResponse:
    """Redirect to an object of a batch.

    HEAD is not redirected, because a client may follow a redirect of it with GET, which a URL presigned for
    HEAD refuses. Raises TooMany beyond a day's number of links.
    """
    found = store.facts(name)
    if found is None:
        raise NotFound(NO_FILE)
    if request.method == "HEAD":
        return head_response(found.bytes, found.media_type, found.etag)
    return _redirect(dependencies, store, store.path(name), found.media_type)


def _redirect(dependencies: Dependencies, store: BatchStore, key: str, content_type: str) -> AnyResponse:
    """Redirect to an object by a URL presigned now.

    S3 serves it for as long as it lives, unmetered, so the links of a batch are counted.

    Raises TooMany beyond a day's number of links.
    """
    now, links = dependencies.clock(), dependencies.batch_links
    links.check(store.batch_id, now)
    charge(links, store.batch_id, Usage(links=1), now)
    return redirect(presigned_url(store.objects, key, media_type=content_type))


def _finished_images(record: BatchRecord, entries: list[dict[str, Any]]) -> tuple[FinishedImage, ...]:
    """Add the links to what the journal knows of images."""
    return tuple(_finished_image(record, dict(entry)) for entry in entries)


def _finished_image(record: BatchRecord, entry: dict[str, Any]) -> FinishedImage:
    place = Place.from_json(entry.pop("place")) if "place" in entry else None
    return FinishedImage(
        **entry,
        url=record.image_url(entry["file"]),
        preview=record.preview_url(previews.preview_name(entry["file"])),
        bundle=place.bundle if place else None,
        offset=place.offset if place else None,
        md5=place.md5 if place else None,
    )
